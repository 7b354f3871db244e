package io.t4rec.train;

import static io.t4rec.train.SmallRun.config;
import static io.t4rec.train.SmallRun.train;
import static io.t4rec.train.SmallRun.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossScaleTest {
    @TempDir
    Path folder;

    @Test
    void halvesWhenGradientsOverflowAndDoublesAfterTwoThousandGoodSteps() {
        LossScale scale = new LossScale(true);
        scale.follow(true);
        scale.follow(false);
        assertThat(scale.value()).isEqualTo(32_768);
        for (int i = 0; i < 1_999; i++) {
            scale.follow(true);
        }
        assertThat(scale.value()).isEqualTo(32_768);
        scale.follow(true);
        assertThat(scale.value()).isEqualTo(65_536);
    }

    @Test
    void staysOneInOtherPrecisions() {
        LossScale scale = new LossScale(false);
        scale.follow(true);
        scale.restore(64, 3);
        assertThat(scale.value()).isEqualTo(1);
    }

    @Test
    void givesUpWhenGradientsOverflowWithoutAScale() {
        LossScale scale = new LossScale(true);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        scale.follow(false);
                    }
                })
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("choose bfloat16 or float32");
    }

    @Test
    void continuesBitByBitInFloat16() throws IOException {
        TrainingConfig whole =
                config().schedule("constant").precision("float16").build();
        Map<String, List<Float>> straight = weights(train(whole, null, null));
        Path checkpoints = folder.resolve("run");
        train(whole.edit().epochs(1).build(), null, checkpoints);
        assertThat(Files.readString(checkpoints.resolve("checkpoint-9/state.json")))
                .containsPattern("\"lossScale\" ?: ?65536");
        assertThat(weights(train(whole, null, checkpoints))).isEqualTo(straight);
    }
}
