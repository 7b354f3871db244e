package io.t4rec.cli;

import io.t4rec.data.Table;
import io.t4rec.model.RecommendOptions;
import io.t4rec.model.Recommendation;
import io.t4rec.model.Recommender;
import io.t4rec.schema.DataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Recommends for one session given on the command line. */
@CommandLine.Command(
        name = "recommend",
        description = {
            "Recommend items for one session.",
            "%nPrints raw item ids with scores, best first; scores compare within one answer only. Items never seen in training are tolerated. Side columns of the events count as missing; what the session has one value of can be given."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec recommend run/bundle 214536502 214536500",
            "  t4rec recommend run/bundle 214536502 -k 5 --exclude-seen --json",
            "  t4rec recommend run/bundle 214536502 --candidates 214536500,214536506",
            "  t4rec recommend run/bundle 214536502 --context age=31 --context gender=F"
        })
final class RecommendCommand extends Command {
    @CommandLine.Parameters(
            index = "0",
            paramLabel = "BUNDLE",
            description = "Directory of a bundle, as train writes it: RUN/bundle.")
    private Path bundle;

    @CommandLine.Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "ITEM",
            description = "Item ids, oldest first.")
    private List<String> items;

    @CommandLine.Option(
            names = "-k",
            defaultValue = "10",
            paramLabel = "K",
            description = "Most items to recommend. Default: ${DEFAULT-VALUE}.")
    private int k;

    @CommandLine.Option(
            names = "--exclude-seen",
            description = "Leave out items of the session. Default: they are recommended too.")
    private boolean excludeSeen;

    @CommandLine.Option(
            names = "--candidates",
            split = ",",
            paramLabel = "ITEM",
            description =
                    "Score these items, all of them, and no others; -k and --exclude-seen don't apply. Items never seen in training get no score, and the error stream names them.")
    private @Nullable List<String> candidates;

    @CommandLine.Option(
            names = "--context",
            paramLabel = "COLUMN=VALUE",
            description =
                    "A value of the session, such as a user's age; may be repeated. Columns are those that data.contextColumns named. Default: they count as missing.")
    private Map<String, String> context = new LinkedHashMap<>();

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    RecommendCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        Checks.atLeastOne("-k", k);
        Recommender recommender = Recommender.load(bundle);
        Recommendation found = recommendation(recommender);
        Map<String, Object> result = new LinkedHashMap<>();
        if (isJson()) {
            result.put("items", found.items());
            result.put("version", recommender.modelVersion());
            return result;
        }
        found.items().forEach(item -> result.put(item.item().toString(), item.score()));
        return result;
    }

    private Recommendation recommendation(Recommender recommender) {
        Table session = new ItemSession(items, context).events(recommender);
        if (candidates == null) {
            RecommendOptions options = excludeSeen ? RecommendOptions.unseen() : RecommendOptions.defaults();
            return only(recommender.recommend(session, k, options));
        }
        List<Object> ids = RawIds.of(recommender, candidates);
        List<Object> unknown = recommender.unknown(ids);
        if (!unknown.isEmpty()) {
            err().println("t4rec: never seen in training, without a score: " + unknown);
        }
        return only(recommender.score(session, ids));
    }

    private Recommendation only(List<Recommendation> answers) {
        if (answers.isEmpty()) {
            throw new DataException("items: " + items + ": the workflow keeps no event of these (expected: one that its"
                    + " filters let through; they take side columns for missing, see t4rec inspect)");
        }
        return answers.get(0);
    }
}
