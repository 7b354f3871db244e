package io.t4rec.nn.block;

import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Activation;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link MlpConfig} with weights: parts {@code 0}, {@code 1} ... and, with normalisation, {@code norm.0}, {@code norm.1} ... */
final class Mlp extends Block {
    private static final double NORM_EPSILON = 1e-5;

    private final MlpConfig config;
    private final @Nullable Activation activation;
    private final List<Linear> layers = new ArrayList<>();
    private final List<LayerNorm> norms = new ArrayList<>();

    Mlp(MlpConfig config, int inputWidth, Generator generator) {
        this.config = config;
        String name = String.valueOf(config.activation());
        activation = name.equals(MlpConfig.NONE) ? null : Activation.of(name);
        boolean bias = Boolean.TRUE.equals(config.useBias());
        int width = inputWidth;
        for (int i = 0; i < config.dimensions().size(); i++) {
            int out = config.dimensions().get(i);
            layers.add(child(String.valueOf(i), Linear.fanIn(width, out, bias, generator)));
            if (MlpConfig.LAYER_NORM.equals(config.normalization())) {
                norms.add(child("norm." + i, new LayerNorm(out, NORM_EPSILON)));
            }
            width = out;
        }
    }

    @Override
    public int outputWidth() {
        return config.outputWidth(0);
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
        Tensor x = input;
        for (int i = 0; i < layers.size(); i++) {
            x = layers.get(i).forward(x);
            x = activation == null ? x : activation.apply(x);
            x = norms.isEmpty() ? x : norms.get(i).forward(x);
            x = pass.dropout(x, config.dropout());
        }
        return x;
    }
}
