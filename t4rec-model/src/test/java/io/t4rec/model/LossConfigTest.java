package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.nn.loss.LossKind;
import io.t4rec.nn.sampling.SamplerKind;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.config.ConfigFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossConfigTest {
    private static LossConfig read(String yaml) {
        return ConfigFiles.parseYamlOver(ModelConfig.defaults(), yaml, "test", Map.of())
                .head()
                .loss();
    }

    @Test
    void isReadOverTheDefaults() {
        assertThat(read("head: {loss: {kind: sampled-softmax, sampler: popularity, negatives: 4096, alpha: 0.5}}"))
                .isEqualTo(new LossConfig("sampled-softmax", "popularity", 4096, 0.5, 0.75, 1, 20_000, 0));
        assertThat(read("head: {temperature: 2}")).isEqualTo(LossConfig.defaults());
    }

    @Test
    void isSoftmaxInAFileOfAnEarlierVersion(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("model.json");
        ConfigFiles.writeJson(file, ModelConfig.defaults());
        String text = Files.readString(file);
        String without = text.replaceFirst(",\\s*\"loss\" : \\{[^}]*}", "");
        assertThat(without).isNotEqualTo(text).doesNotContain("loss");
        Files.writeString(file, without);
        assertThat(ConfigFiles.readJson(file, ModelConfig.class)).isEqualTo(ModelConfig.defaults());
    }

    @Test
    void refusesALossWithASamplerThatMakesNoSense() {
        assertThatThrownBy(() -> read("head: {loss: {kind: softmax, sampler: uniform}}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("head.loss: sampler: uniform (expected: none")
                .hasMessageContaining("with loss softmax");
        for (String sampler : new String[] {"in-batch", "popularity", "log-uniform", "cached"}) {
            assertThatThrownBy(() -> read("head: {loss: {kind: gbce, sampler: " + sampler + "}}"))
                    .hasMessageContaining("sampler: " + sampler + " (expected: one of [uniform], with loss gbce)");
        }
        for (LossKind kind : LossKind.values()) {
            for (SamplerKind sampler : kind.samplers()) {
                assertThat(LossConfig.sampled(kind, sampler, 5).drawsNegatives())
                        .isTrue();
            }
        }
    }

    @Test
    void refusesUnknownNamesAndValuesOutOfRange() {
        assertThatThrownBy(() -> read("head: {loss: {kind: hinge}}"))
                .hasMessageContaining("loss: hinge (expected: one of [softmax, sampled-softmax, bce");
        assertThatThrownBy(() -> read("head: {loss: {kind: bce, sampler: random}}"))
                .hasMessageContaining("sampler: random (expected: one of [uniform, log-uniform");
        assertThatThrownBy(() -> read("head: {loss: {negatives: 0}}")).hasMessageContaining("head.loss.negatives: 0");
        assertThatThrownBy(() -> read("head: {loss: {alpha: 1.5}}"))
                .hasMessageContaining("head.loss.alpha: 1.5 (expected: 0 to 1)");
        assertThatThrownBy(() -> read("head: {loss: {calibration: -1}}")).hasMessageContaining("calibration: -1");
        assertThatThrownBy(() -> read("head: {loss: {regularization: -1}}")).hasMessageContaining("regularization: -1");
        assertThatThrownBy(() -> read("head: {loss: {cacheSize: 0}}")).hasMessageContaining("cacheSize: 0");
        assertThatThrownBy(() -> read("head: {loss: {classWeightPower: -1}}"))
                .hasMessageContaining("classWeightPower: -1");
        assertThatThrownBy(() -> read("head: {labelSmoothing: 0.1, loss: {kind: bpr}}"))
                .hasMessageContaining("labelSmoothing: 0.1 (expected: 0 with loss bpr");
    }

    @Test
    void refusesACatalogueWithTooFewItemsToDrawFrom() {
        assertThatThrownBy(() -> model(1, LossConfig.sampled(LossKind.BPR, null, 1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("bpr for a catalogue of 1 items (expected: at least 2");
        assertThatThrownBy(() -> model(10, LossConfig.sampled(LossKind.BCE, null, 11)))
                .hasMessageContaining("head.loss.negatives: 11 (expected: at most 10");
        model(10, LossConfig.sampled(LossKind.BCE, null, 10)).release();
        model(10, LossConfig.sampled(LossKind.BCE, SamplerKind.IN_BATCH, 11)).release();
        model(1, LossConfig.defaults()).release();
    }

    @Test
    void asksForFrequenciesWhenTheyAreNeeded() {
        SessionModel model = model(10, LossConfig.sampled(LossKind.BPR, null, 5));
        assertThat(model.config().head().loss().needsFrequencies()).isTrue();
        assertThatThrownBy(() -> model.newSampler(null)).hasMessageContaining("item frequencies: none");
        model.release();
        assertThat(LossConfig.sampled(LossKind.GBCE, null, 5).needsFrequencies())
                .isFalse();
        assertThat(read("head: {loss: {classWeightPower: 0.5}}").needsFrequencies())
                .isTrue();
    }

    private static SessionModel model(int items, LossConfig loss) {
        ModelConfig defaults = ModelConfig.defaults();
        Schema schema = Schema.of(ColumnSchema.categorical("item_id", items + 2)
                .withTags(Tag.ITEM_ID)
                .withShape(ColumnShape.ragged()));
        ModelConfig config = new ModelConfig(
                defaults.input(),
                defaults.masking(),
                defaults.transformer(),
                defaults.head().withLoss(loss));
        return SessionModel.create(config, schema, 1);
    }
}
