package io.t4rec.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against Transformers4Rec's metrics of 12 rows of scores, once with one relevant item each, once with any number from 0. */
class RankingMetricsGoldenTest {
    private static final Offset<Double> SINGLE_PRECISION = within(2e-6);

    private static JsonNode header;
    private static ByteBuffer data;
    private static int[] ks;

    /** A safetensors file: the length of the header in 8 bytes, the header in JSON, the numbers. */
    @BeforeAll
    static void open() throws IOException {
        Path file =
                Path.of(System.getProperty("t4rec.golden", "../shared/golden"), "t4rec", "ranking_metrics.safetensors");
        Assumptions.assumeTrue(Files.isRegularFile(file), "no golden vectors at " + file);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] json = new byte[(int) bytes.getLong()];
        bytes.get(json);
        header = new ObjectMapper().readTree(json);
        data = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        ks = Arrays.stream(tensor("in.ks")).mapToInt(k -> (int) k).toArray();
    }

    @ParameterizedTest
    @EnumSource
    void agreesWithTheOriginalOnOneRelevantItem(RankingMetric metric) {
        int[][] ranks = ranks(oneHot());
        double[] rows = tensor("out.single." + metric.name().toLowerCase(Locale.ROOT) + ".rows");
        double[] means = tensor("out.single." + metric.name().toLowerCase(Locale.ROOT) + ".mean");
        int[] single = Arrays.stream(ranks).mapToInt(row -> row[0]).toArray();
        for (int j = 0; j < ks.length; j++) {
            for (int row = 0; row < ranks.length; row++) {
                // the original's ideal lies within the list of the largest cut-off: beyond it, it is 0 and so is the
                // gain
                assertThat(metric.of(ranks[row], ks[j]))
                        .as("row %d, k %d", row, ks[j])
                        .isCloseTo(rows[row * ks.length + j], SINGLE_PRECISION);
            }
            assertThat(Arrays.stream(metric.perCase(single, ks[j])).average().orElseThrow())
                    .as("mean, k %d", ks[j])
                    .isCloseTo(means[j], SINGLE_PRECISION);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NDCG")
    void agreesWithTheOriginalOnManyRelevantItems(RankingMetric metric) {
        int[][] ranks = ranks(tensor("in.labels_multi_hot"));
        String name = "out.multi." + metric.name().toLowerCase(Locale.ROOT);
        for (int j = 0; j < ks.length; j++) {
            double mean = 0;
            for (int row = 0; row < ranks.length; row++) {
                double value = metric.of(ranks[row], ks[j]);
                mean += value / ranks.length;
                assertThat(value)
                        .as("row %d, k %d", row, ks[j])
                        .isCloseTo(tensor(name + ".rows")[row * ks.length + j], SINGLE_PRECISION);
            }
            assertThat(mean).as("mean, k %d", ks[j]).isCloseTo(tensor(name + ".mean")[j], SINGLE_PRECISION);
        }
    }

    /**
     * The original divides by the best order of the labels that it retrieved, so that a list which misses relevant items can
     * score 1. Here the ideal holds all relevant items: the two agree as far as the retrieved list holds enough of them, and else
     * ours is the original's gain over the true ideal.
     */
    @Test
    void takesTheIdealOfNdcgOverAllRelevantItemsWhereTheOriginalDoesNot() {
        int[][] ranks = ranks(tensor("in.labels_multi_hot"));
        double[] original = tensor("out.multi.ndcg.rows");
        double[] gains = tensor("out.multi.dcg.rows");
        int largest = Arrays.stream(ks).max().orElseThrow();
        int departures = 0;
        int agreements = 0;
        for (int row = 0; row < ranks.length; row++) {
            int relevant = ranks[row].length;
            long retrieved =
                    Arrays.stream(ranks[row]).filter(rank -> rank <= largest).count();
            for (int j = 0; j < ks.length; j++) {
                String where = "row " + row + ", k " + ks[j];
                double ours = RankingMetric.NDCG.of(ranks[row], ks[j]);
                double ideal = IntStream.rangeClosed(1, Math.min(relevant, ks[j]))
                        .mapToDouble(rank -> Math.log(2) / Math.log(rank + 1))
                        .sum();
                double theirs = original[row * ks.length + j];
                assertThat(ours)
                        .as(where)
                        .isCloseTo(relevant == 0 ? 0 : gains[row * ks.length + j] / ideal, SINGLE_PRECISION);
                if (retrieved >= Math.min(relevant, ks[j])) {
                    assertThat(ours).as(where).isCloseTo(theirs, SINGLE_PRECISION);
                    agreements++;
                } else if (theirs > 0) {
                    assertThat(ours).as(where).isLessThan(theirs - 1e-3);
                    departures++;
                }
            }
        }
        assertThat(agreements).isPositive();
        assertThat(departures).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"in.scores", "in.labels_multi_hot"})
    void theFileHoldsWhatTheTestsTakeItFor(String name) {
        assertThat(tensor(name)).hasSize(12 * 40);
        assertThat(ranks(tensor("in.labels_multi_hot"))[0])
                .as("row without a relevant item")
                .isEmpty();
    }

    private static double[] oneHot() {
        double[] labels = new double[12 * 40];
        double[] ids = tensor("in.label_ids");
        for (int row = 0; row < 12; row++) {
            labels[row * 40 + (int) ids[row]] = 1;
        }
        return labels;
    }

    /** Ranks of the relevant items of each row. */
    private static int[][] ranks(double[] labels) {
        double[] scores = tensor("in.scores");
        int[][] ranks = new int[12][];
        for (int row = 0; row < 12; row++) {
            int from = row * 40;
            ranks[row] = Ranks.worstCase(
                    Arrays.copyOfRange(scores, from, from + 40),
                    IntStream.range(0, 40)
                            .filter(item -> labels[from + item] > 0)
                            .toArray());
        }
        return ranks;
    }

    private static double[] tensor(String name) {
        JsonNode entry = header.path(name);
        assertThat(entry.isObject()).as(name).isTrue();
        int from = entry.path("data_offsets").path(0).intValue();
        int bytes = entry.path("data_offsets").path(1).intValue() - from;
        boolean longs = entry.path("dtype").textValue().equals("I64");
        return IntStream.range(0, bytes / (longs ? 8 : 4))
                .mapToDouble(i -> longs ? data.getLong(from + 8 * i) : data.getFloat(from + 4 * i))
                .toArray();
    }
}
