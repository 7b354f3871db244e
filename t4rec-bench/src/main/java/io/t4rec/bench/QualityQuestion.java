package io.t4rec.bench;

import io.t4rec.model.ModelConfig;
import io.t4rec.train.TrainingConfig;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Quality on real data in the settings of the recorded Transformers4Rec runs. */
final class QualityQuestion implements Question {
    private static final String GPT2 = "GPT-2 causal, 10 epochs";
    private static final String XLNET = "XLNet masked, 20 epochs";

    @Override
    public String name() {
        return "quality";
    }

    @Override
    public String asks() {
        return "How good is next-item prediction on yoochoose-100k? Trained on train_full, the last item of each of 3,416 test sessions"
                + " ranked among all, seen items compete; width 64, 2 layers, Adam 1e-3, batch 128, last epoch, no choice by"
                + " validation; GPT-2 with 1 head, inner width 64, dropout 0.2, XLNet with 4 heads, inner width 256, dropout 0.3.";
    }

    @Override
    public String goal() {
        return "not below Transformers4Rec in the same settings: 0.6915 and 0.4594 (GPT-2), 0.607 and 0.372 (XLNet, 20 epochs);"
                + " the standard error of recall@20 is 0.008.";
    }

    @Override
    public List<String> parts() {
        return List.of(GPT2 + ", seed + 0", GPT2 + ", seed + 1", GPT2 + ", seed + 2", XLNET + ", seed + 0");
    }

    @Override
    public Measured measure(String part, BenchSettings settings, Consumer<String> progress) throws IOException {
        boolean gpt2 = part.startsWith(GPT2);
        ModelConfig model = gpt2 ? ModelConfig.defaults() : Models.xlnet();
        long seed = settings.seed() + Long.parseLong(part.substring(part.lastIndexOf(' ') + 1));
        TrainingConfig training = TrainingConfig.defaults()
                .edit()
                .epochs(gpt2 ? 10 : 20)
                .seed(seed)
                .threads(settings.threads())
                .build();
        YoochooseRun run = YoochooseRun.of(Yoochoose.prepare(settings), model, training, false, progress);
        return Measured.of(List.of(Row.of(gpt2 ? GPT2 : XLNET)
                .with("seed", seed, 0)
                .with("recall@20", run.metric("recall@20"), 4)
                .with("NDCG@20", run.metric("ndcg@20"), 4)
                .with("s an epoch", run.secondsAnEpoch(), 2)));
    }
}
