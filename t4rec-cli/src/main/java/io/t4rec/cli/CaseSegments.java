package io.t4rec.cli;

import io.t4rec.cli.report.Section;
import io.t4rec.etl.Vocabulary;
import io.t4rec.metrics.Bootstrap;
import io.t4rec.metrics.RankingMetric;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.train.RankedCases;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Metrics of the same cases by several candidates, over all cases or split into segments. */
final class CaseSegments {
    private static final double LEVEL = 0.95;
    private static final int RESAMPLES = 500;
    private static final int[] LENGTHS = {1, 2, 4, 8, 16};
    private static final int[] TOP_PERCENT = {1, 10, 50, 100};

    private final Map<String, RankedCases> candidates;
    private final RankedCases cases;

    /** @param candidates at least one, all with the same cases in the same order */
    CaseSegments(Map<String, RankedCases> candidates) {
        this.candidates = candidates;
        this.cases = candidates.values().iterator().next();
    }

    /** Which segment each case belongs to, and the names of the segments in order. */
    private record Split(List<String> names, int[] segments) {}

    /** All cases, a row for each metric. */
    Section.Comparison overall(String caption, int k, RankingMetric... metrics) {
        int[] all = IntStream.range(0, cases.ranks().length).toArray();
        List<Section.Row> rows = Arrays.stream(metrics)
                .map(metric -> row(metric.label(k), all, metric, k))
                .toList();
        return new Section.Comparison(caption, "metric", List.copyOf(candidates.keySet()), rows);
    }

    /** By the number of events before the target. */
    Section.Comparison byLength(RankingMetric metric, int k) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < LENGTHS.length; i++) {
            int from = i == 0 ? 1 : LENGTHS[i - 1] + 1;
            names.add(from == LENGTHS[i] ? String.valueOf(from) : from + "–" + LENGTHS[i]);
        }
        names.add(">" + LENGTHS[LENGTHS.length - 1]);
        int[] segments = Arrays.stream(cases.lengths())
                .map(length -> first(LENGTHS, length))
                .toArray();
        return comparison(metric, k, "events before", new Split(names, segments));
    }

    /**
     * By the popularity of the target among the training events.
     *
     * @param item column of the targets, whose ids are ordered by falling frequency
     */
    Section.Comparison byPopularity(RankingMetric metric, int k, ColumnSchema item) {
        long first = Vocabulary.firstId(item);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < TOP_PERCENT.length; i++) {
            names.add((i == 0 ? "top " : TOP_PERCENT[i - 1] + "–") + TOP_PERCENT[i] + " %");
        }
        names.add("unknown");
        double items = Math.max(1, item.cardinality() - first);
        int[] segments = Arrays.stream(cases.targets())
                .mapToInt(target -> target < first
                        ? TOP_PERCENT.length
                        : first(TOP_PERCENT, (int) Math.ceil(100 * (target - first + 1) / items)))
                .toArray();
        return comparison(metric, k, "item popularity", new Split(names, segments));
    }

    /** Number of the first bound that a value does not exceed. */
    private static int first(int[] bounds, int value) {
        int i = 0;
        while (i < bounds.length && value > bounds[i]) {
            i++;
        }
        return i;
    }

    /** Segments without a case are left out. */
    private Section.Comparison comparison(RankingMetric metric, int k, String label, Split split) {
        List<Section.Row> rows = new ArrayList<>();
        for (int segment = 0; segment < split.names.size(); segment++) {
            int wanted = segment;
            int[] own = IntStream.range(0, split.segments.length)
                    .filter(i -> split.segments[i] == wanted)
                    .toArray();
            if (own.length > 0) {
                rows.add(row(split.names.get(segment), own, metric, k));
            }
        }
        return new Section.Comparison(metric.label(k), label, List.copyOf(candidates.keySet()), rows);
    }

    private Section.Row row(String name, int[] own, RankingMetric metric, int k) {
        List<Section.Figure> figures = List.copyOf(candidates.values()).parallelStream()
                .map(candidate -> {
                    int[] ranks =
                            Arrays.stream(own).map(i -> candidate.ranks()[i]).toArray();
                    Bootstrap.Interval interval =
                            Bootstrap.mean(metric.perCase(ranks, k), LEVEL, RESAMPLES, new SplittableRandom(1));
                    return new Section.Figure(interval.mean(), interval.low(), interval.high());
                })
                .toList();
        return new Section.Row(name, own.length, figures);
    }
}
