package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.Database;
import io.t4rec.etl.Vocabulary;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a recipe trains on, what it chooses by and what it tests, event by event. */
class RecipeProtocolTest {
    /** User 4 is too short to be tested, user 5 has one event that nothing can be learned from. */
    private static final String USERS = "1 10 11 12 13\n2 11 10 14\n3 12 13 10 11 15\n4 13 12\n5 10\n";

    private static final String LEAVE_ONE_OUT = """
            source:
              format: sequences
            split:
              by: leave-one-out
              events: "*.seq"
            """;

    private static final String FILES = """
            source:
              format: session-rec
            split:
              by: files
              train: "*_train.txt"
              validation: "*_valid.txt"
              test: "*_test.txt"
            """;

    @TempDir
    Path folder;

    private final StringWriter warnings = new StringWriter();

    @Test
    void leavingOneOutTrainsOnWhatIsBeforeTheLastTwo() throws IOException {
        PreparedData data = reported(LEAVE_ONE_OUT, USERS);
        assertThat(sequences(data, data.train()))
                .as("user 2 has a single event left, which predicts nothing")
                .containsExactlyInAnyOrder("10 11", "12 13 10", "13 12");
        assertThat(sequences(data, data.evaluation()))
                .as("item 14 is user 2's test, so it isn't here; 11 was trained")
                .containsExactlyInAnyOrder("10 11 12", "11 10", "12 13 10 11");
        assertThat(sequences(data, data.reported()))
                .as("the test's input holds the validation item; 14 and 15 were never trained")
                .containsExactlyInAnyOrder("10 11 12 13", "11 10 ?", "12 13 10 11 ?");
        assertThat(warnings.toString())
                .contains(
                        "2 sessions of fewer than three events are trained on only", "knows the order of events only");
    }

    @Test
    void anItemThatOnlyValidationKnowsIsUnknownUnlessItIsTrainedOnToo() throws IOException {
        String users = USERS.replace("13\n2", "13\n6 10 11 77 12\n2");
        PreparedData best = reported(LEAVE_ONE_OUT, users);
        assertThat(sequences(best, best.reported())).contains("10 11 ? 12");
        PreparedData refit = reported(LEAVE_ONE_OUT + "  fit: refit\n", users);
        assertThat(sequences(refit, refit.reported())).contains("10 11 77 12");
        assertThat(sequences(refit, refit.train()))
                .containsExactlyInAnyOrder("10 11 12", "10 11 77", "11 10", "12 13 10 11", "13 12");
        assertThat(refit.hasEvaluation()).as("what is trained on can't choose").isFalse();
    }

    @Test
    void theChoiceNeverHoldsTheTest() throws IOException {
        for (String fit : List.of("best", "refit", "full")) {
            PreparedData choice =
                    recipe(LEAVE_ONE_OUT + "  fit: " + fit + "\n", USERS).choice(new PrintWriter(warnings));
            assertThat(choice.hasTest()).isFalse();
            assertThat(choice.reported()).isEqualTo(choice.evaluation());
            assertThat(sequences(choice, choice.train())).containsExactlyInAnyOrder("10 11", "12 13 10", "13 12");
            assertThat(sequences(choice, choice.evaluation())).noneMatch(sequence -> sequence.contains("15"));
        }
    }

    @Test
    void cutsLongTrainingSequencesIntoWindowsWhenAsked() throws IOException {
        String users = "1 1 2 3 4 5 6 7\n2 3 2 1\n3 1 2 3 1\n";
        PreparedData newest = reported(LEAVE_ONE_OUT, users);
        assertThat(sequences(newest, newest.train())).contains("1 2 3 4 5");
        PreparedData cut = reported(LEAVE_ONE_OUT + "data:\n  windowLength: 3\n", users);
        assertThat(sequences(cut, cut.train())).contains("1 2 3", "3 4 5").doesNotContain("1 2 3 4 5");
        assertThat(sequences(cut, cut.evaluation())).as("these stay whole").contains("1 2 3 4 5 ?");
    }

    @Test
    void drawsAsManyValidationSessionsAsAsked() throws IOException {
        PreparedData data = reported(LEAVE_ONE_OUT + "evaluation:\n  validationSample: 2\n", USERS);
        assertThat(sequences(data, data.evaluation())).hasSize(2).isSubsetOf("10 11 12", "11 10", "12 13 10 11");
        assertThat(sequences(data, data.reported())).as("the test is whole").hasSize(3);
    }

    @Test
    void trainsOnTheValidationEventsThatWereNotDrawnWhenAsked() throws IOException {
        PreparedData data =
                reported(LEAVE_ONE_OUT + "  trainOnRest: true\nevaluation:\n  validationSample: 1\n", USERS);
        String drawn = sequences(data, data.evaluation()).get(0);
        List<String> expected = new ArrayList<>(List.of("13 12"));
        for (String user : List.of("10 11 12", "11 10", "12 13 10 11")) {
            String before = user.substring(0, user.length() - 3);
            if (!user.equals(drawn)) {
                expected.add(user);
            } else if (before.contains(" ")) {
                expected.add(before);
            }
        }
        assertThat(sequences(data, data.train())).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(sequences(data, data.reported())).hasSize(3);
    }

    @Test
    void takesGivenFilesAndSortsByTimeWithinASession() throws IOException {
        sessionRec("a_train.txt", "1,10,1", "1,11,2", "2,11,5", "2,10,4");
        sessionRec("a_valid.txt", "3,11,9", "3,12,7", "3,10,8");
        sessionRec("a_test.txt", "4,11,20", "4,10,19", "5,12,22", "5,11,21");
        PreparedData best = reported(FILES, null);
        assertThat(sequences(best, best.train())).containsExactlyInAnyOrder("10 11", "10 11");
        assertThat(sequences(best, best.evaluation())).containsExactly("? 10 11");
        assertThat(sequences(best, best.reported())).containsExactlyInAnyOrder("10 11", "11 ?");
        PreparedData full = reported(FILES + "  fit: full\n", null);
        assertThat(sequences(full, full.train())).containsExactlyInAnyOrder("10 11", "10 11", "12 10 11");
        assertThat(sequences(full, full.reported())).containsExactlyInAnyOrder("10 11", "11 12");
    }

    @Test
    void dividesByTimeToo() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int session = 0; session < 20; session++) {
            lines.add(session + "," + session % 3 + "," + 100 * session);
            lines.add(session + "," + (session + 1) % 3 + "," + (100 * session + 1));
        }
        sessionRec("clicks.txt", lines.toArray(String[]::new));
        PreparedData data =
                reported("source:\n  format: session-rec\nsplit:\n  by: time\n  events: clicks.txt\n", null);
        assertThat(sequences(data, data.train())).hasSize(16);
        assertThat(sequences(data, data.evaluation())).hasSize(2);
        assertThat(sequences(data, data.reported())).hasSize(2);
    }

    @Test
    void findsADataSetInItsFolderOrTheFolderAboveOrAsASingleFile() throws IOException {
        Path sets = Files.createDirectories(folder.resolve("sets/shop"));
        Path file = Files.writeString(sets.resolve("Own.SEQ"), USERS);
        Path recipeFile = folder.resolve("elsewhere/recipe.yaml");
        Files.createDirectories(recipeFile.getParent());
        Files.writeString(recipeFile, LEAVE_ONE_OUT.replace("source:\n", "source:\n  folder: shop\n"));
        Recipe recipe = Recipe.read(recipeFile, Map.of());
        assertThat(new SourceFiles(recipe, recipeFile, sets).find("*.seq")).isEqualTo(file);
        assertThat(new SourceFiles(recipe, recipeFile, sets.getParent()).find("*.seq"))
                .isEqualTo(file);
        assertThat(new SourceFiles(recipe, recipeFile, file).find("*.seq")).isEqualTo(file);
        assertThatThrownBy(() -> new SourceFiles(recipe, recipeFile, null).find("*.seq"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no *.seq in")
                .hasMessageContaining("--data");
        Files.writeString(sets.resolve("second.seq"), USERS);
        assertThatThrownBy(() -> new SourceFiles(recipe, recipeFile, sets).find("*.seq"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("Own.SEQ")
                .hasMessageContaining("second.seq")
                .hasMessageContaining("--set split.events=FILE");
        assertThatThrownBy(() -> new SourceFiles(recipe, recipeFile, folder.resolve("none")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--data: " + folder.resolve("none"));
    }

    @Test
    void makesTheDataAnewWhenAFileChanged() throws IOException {
        reported(LEAVE_ONE_OUT, USERS);
        PreparedData data = reported(LEAVE_ONE_OUT, "7 1 2 3 4\n8 4 3 2 1\n");
        assertThat(sequences(data, data.train())).containsExactlyInAnyOrder("1 2", "4 3");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            split: {by: leave-one-out, events: a, trian: b}                | unknown key split.trian | did you mean train?
            split: {by: leave-one-ot, events: a}                           | split.by: leave-one-ot  | did you mean leave-one-out?
            split: {events: a}                                             | split.by: absent        | leave-one-out
            split: {by: files, train: a}                                   | split.test: absent      | the name of a file
            split: {by: time, events: a, test: b}                          | split.test: b           | events alone
            split: {by: files, train: a, test: b, fit: refit}              | split.validation: absent| refit
            split: {by: files, train: a, test: b, full: c}                 | split.full: c           | refit or full
            split: {by: time, events: a, fit: fulll}                       | split.fit: fulll        | did you mean full?
            split: {by: time, events: a, trainOnRest: true}                | split.trainOnRest: true | validationSample is 0
            title: nothing                                                 | missing key split       | split.by
            '{split: {by: time, events: a}, evaluation: {k: [0]}}'         | evaluation.k: [0]       | each >= 1
            '{split: {by: time, events: a}, evaluation: {k: []}}'          | evaluation.k: []        | each >= 1
            '{split: {by: time, events: a}, evaluation: {k: [10]}}'        | evaluation.decisive: ndcg@20 | did you mean ndcg@10?
            '{split: {by: time, events: a}, target: {hits@20: 1}}'         | target: hits@20         | recall@20
            '{split: {by: time, events: a}, expected: {ndcg@20: {low: 2, high: 1}}}' | low 2.0, high 1.0 | low <= high
            '{split: {by: time, events: a}, target: {ndcg@20: 0}}'         | target.ndcg@20: 0.0     | > 0
            '{split: {by: time, events: a}, measuredOn: {events: 5, sessions: 2}}' | items 0          | each >= 1
            '{split: {by: time, events: a}, seeds: [1, 1]}'                | seeds: [1, 1]           | each once
            '{split: {by: time, events: a}, source: {format: cvs}}'        | format: cvs             | did you mean csv?
            '{split: {by: time, events: a, fit: full}, training: {patience: 2}}' | training.patience: 2 | split.fit is full
            '{split: {by: leave-one-out, events: a}, evaluation: {allPositions: true}}' | evaluation.allPositions: true | leave-one-out
            """)
    void refusesWhatDoesNotFit(String yaml, String first, String second) throws IOException {
        Path file = Files.writeString(folder.resolve("recipe.yaml"), yaml);
        assertThatThrownBy(() -> Recipe.read(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(first)
                .hasMessageContaining(second);
    }

    @Test
    void refusesASplitThatLeavesNothingToTest() {
        assertThatThrownBy(() -> reported(LEAVE_ONE_OUT, "1 10 11\n2 11 10\n"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("a session of three events or more");
    }

    @Test
    void trainsOnTheFullFileWithoutTheFilesOfAChoiceThatNobodyAskedFor() throws IOException {
        sessionRec("a_full.txt", "1,10,1", "1,11,2", "3,12,7", "3,10,8");
        sessionRec("a_test.txt", "4,10,19", "4,11,20");
        String yaml = FILES + "  full: \"*_full.txt\"\n  fit: full\nevaluation:\n  validationSample: 5\n";
        PreparedData full = reported(yaml, null);
        assertThat(sequences(full, full.train())).containsExactlyInAnyOrder("10 11", "12 10");
        assertThat(sequences(full, full.reported())).containsExactly("10 11");
        assertThatThrownBy(() -> recipe(yaml, null).choice(new PrintWriter(warnings)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no *_train.txt in")
                .hasMessageContaining("--set split.train=FILE");
        sessionRec("a_train.txt", "1,10,1", "1,11,2");
        sessionRec("a_valid.txt", "3,11,7", "3,10,8");
        PreparedData choice = recipe(yaml, null).choice(new PrintWriter(warnings));
        assertThat(sequences(choice, choice.train())).containsExactly("10 11");
        assertThat(sequences(choice, choice.evaluation())).containsExactly("11 10");
        PreparedData again = reported(yaml, null);
        assertThat(sequences(again, again.train())).containsExactlyInAnyOrder("10 11", "12 10");
    }

    @Test
    void saysHowToGoWithoutAValidationFile() throws IOException {
        sessionRec("a_train.txt", "1,10,1", "1,11,2");
        sessionRec("a_test.txt", "4,10,19", "4,11,20");
        String patient = FILES + "training:\n  patience: 3\n";
        assertThatThrownBy(() -> reported(patient, null))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no *_valid.txt in")
                .hasMessageContaining("--set split.validation=null --set training.patience=0)");
        PreparedData data = recipe(patient, null, Map.of("split.validation", "null", "training.patience", "0"))
                .reported(new PrintWriter(warnings));
        assertThat(data.hasEvaluation()).isFalse();
        assertThat(sequences(data, data.reported())).containsExactly("10 11");
        for (String yaml : List.of(
                FILES + "  fit: refit\n", FILES + "  trainOnRest: true\nevaluation:\n  validationSample: 5\n")) {
            assertThatThrownBy(() -> reported(yaml, null))
                    .as("that needs one")
                    .hasMessageContaining("no *_valid.txt in")
                    .hasMessageNotContaining("null");
        }
    }

    @Test
    void findsTheWindowOfSessionRecThatIsThere() throws IOException {
        Path recipeFile = Path.of("../recipes/yoochoose.yaml");
        Recipe recipe = Recipe.read(recipeFile, Map.of());
        SplitSettings split = recipe.parts();
        SourceFiles files = new SourceFiles(recipe, recipeFile, folder);
        for (String window : List.of("", ".12")) {
            List<String> names = new ArrayList<>();
            for (String part : List.of("train_tr", "train_valid", "train_full", "test")) {
                names.add("a_test_" + part + window + ".txt");
                sessionRec(names.get(names.size() - 1), "1,10,1");
            }
            for (int i = 0; i < names.size(); i++) {
                String pattern = List.of(split.train(), split.validation(), split.full(), split.test())
                        .get(i);
                assertThat(files.find(pattern)).isEqualTo(folder.resolve(names.get(i)));
            }
            if (!window.isEmpty()) {
                sessionRec("a_test_test.3.txt", "1,10,1");
                assertThatThrownBy(() -> files.find(split.test()))
                        .isInstanceOf(DataException.class)
                        .hasMessageContaining("[a_test_test.12.txt, a_test_test.3.txt]")
                        .hasMessageContaining("--set split.test=FILE");
            }
            for (String name : names) {
                Files.delete(folder.resolve(name));
            }
        }
    }

    @Test
    void takesACompressedFileWhereNoOtherFits() throws IOException {
        try (var out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("users.seq.gz")))) {
            out.write(USERS.getBytes(StandardCharsets.UTF_8));
        }
        PreparedData packed = reported(LEAVE_ONE_OUT, null);
        assertThat(sequences(packed, packed.train())).containsExactlyInAnyOrder("10 11", "12 13 10", "13 12");
        PreparedData plain = reported(LEAVE_ONE_OUT, "7 1 2 3 4\n8 4 3 2 1\n");
        assertThat(sequences(plain, plain.train())).containsExactlyInAnyOrder("1 2", "4 3");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            leave-one-out | 1 10 11;2 11 10           | nothing for the part valid (expected: a session of three events or more; name other
            leave-one-out | 1 10 11 12                | users.seq (training part): no session of two or more events
            time          | 1 10 11 12                | users.seq: column time: the order of events
            """)
    void tellsOfTheFileOfTheUserWhenItCanNotBeDivided(String by, String users, String message) {
        String yaml = LEAVE_ONE_OUT.replace("by: leave-one-out", "by: " + by);
        assertThatThrownBy(() -> reported(yaml, users.replace(';', '\n') + "\n"))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(folder.resolve("users.seq").toString())
                .hasMessageContaining(message)
                .hasMessageEndingWith("name other files with --data, or change the recipe's split or data with --set)")
                .hasMessageNotContaining(".tmp")
                .hasMessageNotContaining("parquet");
    }

    @Test
    void warnsOfSessionsThatGoOnInTheFileTheyAreTrainedOnWith() throws IOException {
        sessionRec("a_train.txt", "1,10,1", "1,11,2", "2,11,2", "2,10,3");
        sessionRec("a_valid.txt", "1,12,4", "1,11,5", "3,11,4", "3,10,5");
        sessionRec("a_test.txt", "1,10,8", "1,11,9");
        PreparedData full = reported(FILES + "  fit: full\n", null);
        assertThat(sequences(full, full.train())).containsExactlyInAnyOrder("10 11 12 11", "11 10", "11 10");
        assertThat(warnings.toString())
                .contains("1 sessions have the same id in " + folder.resolve("a_train.txt") + " and "
                        + folder.resolve("a_valid.txt"));
        reported(FILES, null);
        assertThat(warnings.toString().split("same id")).hasSize(2);
    }

    @Test
    void tellsOfBothFilesWhoseEventsAreTrainedOnTogether() throws IOException {
        sessionRec("a_train.txt", "1,10,1");
        sessionRec("a_valid.txt", "2,11,2");
        sessionRec("a_test.txt", "3,10,3", "3,11,4");
        assertThatThrownBy(() -> reported(FILES + "  fit: full\n", null))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(
                        folder.resolve("a_train.txt") + " and " + folder.resolve("a_valid.txt") + ": no session")
                .hasMessageNotContaining("parquet");
    }

    @Test
    void readsIdsAsTextInAllFilesWhereOneHasText() throws IOException {
        sessionRec("a_train.txt", "1,10,1", "1,11,2", "2,11,5", "2,10,4");
        sessionRec("a_valid.txt", "3,11,9", "3,10,8");
        sessionRec("a_test.txt", "4,10,19", "4,x7,20", "u5,11,21", "u5,10,22");
        PreparedData best = reported(FILES, null);
        assertThat(sequences(best, best.train())).containsExactlyInAnyOrder("10 11", "10 11");
        assertThat(sequences(best, best.reported())).containsExactlyInAnyOrder("10 ?", "11 10");
        PreparedData full = reported(FILES + "  fit: full\n", null);
        assertThat(sequences(full, full.train())).containsExactlyInAnyOrder("10 11", "10 11", "10 11");
        assertThat(sequences(full, full.reported())).containsExactlyInAnyOrder("10 ?", "11 10");
    }

    private void sessionRec(String name, String... lines) throws IOException {
        String text = String.join("\n", lines).replace(',', '\t');
        Files.writeString(folder.resolve(name), "SessionId\tItemId\tTime\n" + text + "\n");
    }

    private PreparedData reported(String yaml, @Nullable String users) throws IOException {
        return recipe(yaml, users).reported(new PrintWriter(warnings));
    }

    private RecipeData recipe(String yaml, @Nullable String users) throws IOException {
        return recipe(yaml, users, Map.of());
    }

    private RecipeData recipe(String yaml, @Nullable String users, Map<String, String> overrides) throws IOException {
        if (users != null) {
            Files.writeString(folder.resolve("users.seq"), users);
        }
        Path file = Files.writeString(folder.resolve("recipe.yaml"), yaml);
        Recipe recipe = Recipe.read(file, overrides);
        return new RecipeData(
                recipe,
                new SourceFiles(recipe, file, null),
                folder.resolve("out/data"),
                new Progress(new PrintWriter(new StringWriter()), 0, true),
                made -> {});
    }

    /** Raw item ids of each sequence, ? for one that was never trained. */
    private static List<String> sequences(PreparedData data, List<Path> files) {
        String item = data.workflow().outputSchema().itemId().name();
        Vocabulary vocabulary =
                data.workflow().vocabulary(data.workflow().config().item());
        List<String> sequences = new ArrayList<>();
        try (Database database = Database.openInOrder()) {
            database.forEach(
                    "select array_to_string(" + Database.identifier(item) + ", ' ') from "
                            + PreparedData.relation(files),
                    row -> sequences.add(String.join(
                            " ",
                            Arrays.stream(row.getString(1).split(" "))
                                    .map(id -> raw(vocabulary, Long.parseLong(id)))
                                    .toList())));
        }
        return sequences;
    }

    private static String raw(Vocabulary vocabulary, long id) {
        Object value = vocabulary.value(id);
        return value == null ? "?" : value.toString();
    }
}
