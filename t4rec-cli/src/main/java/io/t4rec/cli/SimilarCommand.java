package io.t4rec.cli;

import io.t4rec.model.Recommendation.ScoredItem;
import io.t4rec.model.Recommender;
import io.t4rec.model.SimilarOptions;
import io.t4rec.model.ranking.SimilarItems;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;

/** Items like an item. */
@CommandLine.Command(
        name = "similar",
        description = {
            "Find items like an item, by their trained vectors.",
            "%nPrints raw item ids with scores, best first; the item itself is left out."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec similar run/bundle 214536502",
            "  t4rec similar run/bundle 214536502 -k 5 --measure dot --json"
        })
final class SimilarCommand extends Command {
    @CommandLine.Parameters(
            index = "0",
            paramLabel = "BUNDLE",
            description = "Directory of a bundle, as train writes it: RUN/bundle.")
    private Path bundle;

    @CommandLine.Parameters(index = "1", paramLabel = "ITEM", description = "Item id.")
    private String item;

    @CommandLine.Option(
            names = "-k",
            defaultValue = "10",
            paramLabel = "K",
            description = "Most items to show. Default: ${DEFAULT-VALUE}.")
    private int k;

    @CommandLine.Option(
            names = "--measure",
            defaultValue = "cosine",
            paramLabel = "MEASURE",
            description =
                    "cosine or dot: by the angle between vectors, or by their product, which favours popular items. Default: ${DEFAULT-VALUE}.")
    private SimilarItems.Measure measure;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    SimilarCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        Checks.atLeastOne("-k", k);
        Recommender recommender = Recommender.load(bundle);
        Object id = RawIds.of(recommender, List.of(item)).get(0);
        List<ScoredItem> found = recommender.similar(id, k, new SimilarOptions(measure, null, Set.of()));
        if (isJson()) {
            return Map.of("items", found);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        found.forEach(one -> result.put(one.item().toString(), one.score()));
        return result;
    }
}
