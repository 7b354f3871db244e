package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.model.ranking.ExactRanker;
import io.t4rec.model.ranking.ItemFilter;
import io.t4rec.nn.loss.CatalogueCrossEntropy;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Transformers4Rec's next-item head on given hidden states: loss, gradients, scores and best items. The original divides scores by
 * the temperature when it evaluates and infers, too; our scores are undivided, which orders items the same.
 */
class NextItemGoldenTest {
    private static final double TOLERANCE = 1e-5;
    private static final Pattern SMOOTHING = Pattern.compile("smoothing ([0-9.]+)");

    private record Task(GoldenCase golden, double temperature, double smoothing) {
        static Task of(GoldenCase golden) {
            JsonNode task = golden.description().get("task");
            Matcher smoothing = SMOOTHING.matcher(task.path("loss").asText());
            return new Task(
                    golden,
                    task.path("softmax_temperature").asDouble(1),
                    smoothing.find() ? Double.parseDouble(smoothing.group(1)) : 0);
        }
    }

    @TestFactory
    List<DynamicTest> scoresAndLearnsAsTheOriginal() throws IOException {
        return GoldenCase.files(name -> name.startsWith("next_item_")).stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)))
                .toList();
    }

    private static void check(Path file) throws IOException {
        try (Scope scope = Scope.open()) {
            Task task = Task.of(GoldenCase.open(file));
            trains(task);
            evaluates(task);
            infers(task);
        }
    }

    private static void trains(Task task) {
        GoldenCase golden = task.golden;
        long[] labels = golden.get("in.targets").toLongs();
        Tensor positions = positions(labels);
        Tensor rows = golden.get("in.hidden").flatten(0, 1).indexSelect(0, positions);
        long[] targets = Arrays.stream(labels).filter(label -> label != 0).toArray();
        assertThat(targets).isEqualTo(golden.get("out.train.labels").toLongs());
        Tensor table = golden.get("w.output");
        Tensor scores = rows.matmul(table.transpose(0, 1)).mul(1 / task.temperature);
        GoldenCase.assertNear("out.train.logits", scores, golden.get("out.train.logits"), TOLERANCE);
        Tensor tableGradient = Tensors.zerosLike(table);
        HeadConfig head = new HeadConfig(true, task.temperature, task.smoothing, 0, LossConfig.defaults());
        try (CatalogueCrossEntropy loss = new CatalogueCrossEntropy(head.temperature(), head.labelSmoothing())) {
            CatalogueCrossEntropy.Result result =
                    loss.lossAndGradients(rows, table, Tensors.of(targets), targets.length, tableGradient);
            Tensor mean = Tensors.scalar(result.lossSum() / targets.length);
            GoldenCase.assertNear("out.train.loss", mean, golden.get("out.train.loss"), TOLERANCE);
            Tensor hiddenGradient = Tensors.zerosLike(golden.get("in.hidden")).flatten(0, 1);
            hiddenGradient.indexCopyInPlace(0, positions, result.hiddenGradient());
            GoldenCase.assertNear(
                    "grad.hidden", hiddenGradient, golden.get("grad.hidden").flatten(0, 1), TOLERANCE);
        }
        GoldenCase.assertNear("grad.w.output", tableGradient, golden.get("grad.w.output"), TOLERANCE);
    }

    private static void evaluates(Task task) {
        GoldenCase golden = task.golden;
        long[] labels = golden.get("in.eval.targets").toLongs();
        Tensor rows = golden.get("in.hidden").flatten(0, 1).indexSelect(0, positions(labels));
        long[] targets = Arrays.stream(labels).filter(label -> label != 0).toArray();
        assertThat(targets).isEqualTo(golden.get("out.eval.labels").toLongs());
        Tensor scores = rows.matmul(golden.get("w.output").transpose(0, 1)).mul(1 / task.temperature);
        GoldenCase.assertNear("out.eval.logits", scores, golden.get("out.eval.logits"), TOLERANCE);
        int[] ids = Arrays.stream(targets).mapToInt(Math::toIntExact).toArray();
        int[] ranks = new ExactRanker(golden.get("w.output"), 0)
                .ranks(rows, ids, Collections.nCopies(ids.length, ItemFilter.none()));
        float[] flat = golden.get("out.eval.logits").toFloats();
        int items = flat.length / ranks.length;
        for (int i = 0; i < ranks.length; i++) {
            float own = flat[i * items + (int) targets[i]];
            int row = i;
            long ahead = IntStream.range(0, items)
                    .filter(item -> flat[row * items + item] > own)
                    .count();
            assertThat(ranks[i]).as("rank in row " + i).isEqualTo((int) ahead + 1);
        }
    }

    private static void infers(Task task) {
        GoldenCase golden = task.golden;
        Tensor hidden = golden.get("in.infer.hidden");
        long[][] sequences = golden.sequences("in.item_ids");
        boolean appended = golden.description().get("masking").asText().equals("mlm");
        long[] last = new long[sequences.length];
        for (int row = 0; row < last.length; row++) {
            last[row] = row * hidden.size(1) + sequences[row].length - (appended ? 0 : 1);
        }
        Tensor rows = hidden.flatten(0, 1).indexSelect(0, Tensors.of(last));
        Tensor scores = rows.matmul(golden.get("w.output").transpose(0, 1)).mul(1 / task.temperature);
        GoldenCase.assertNear("out.infer.logits", scores, golden.get("out.infer.logits"), TOLERANCE);
        Tensor.TopK top = scores.topK(golden.get("out.infer.top5_ids").size(1));
        assertThat(top.indices().toLongs())
                .isEqualTo(golden.get("out.infer.top5_ids").toLongs());
        GoldenCase.assertNear("top", top.values(), golden.get("out.infer.top5_scores"), TOLERANCE);
    }

    private static Tensor positions(long[] labels) {
        return Tensors.of(IntStream.range(0, labels.length)
                .filter(i -> labels[i] != 0)
                .asLongStream()
                .toArray());
    }
}
