package io.t4rec.cli.report;

import java.util.Arrays;
import java.util.Locale;

/** A linear axis: from the smallest to the largest value, with ticks at round numbers. */
record Scale(double low, double high) {
    /** The span of finite values; 0 to 1 when there is none, a little around it when there is one only. */
    static Scale of(double... values) {
        double[] finite = Arrays.stream(values).filter(Double::isFinite).toArray();
        if (finite.length == 0) {
            return new Scale(0, 1);
        }
        double low = Arrays.stream(finite).min().orElseThrow();
        double high = Arrays.stream(finite).max().orElseThrow();
        double margin = low == 0 ? 0.5 : Math.abs(low) * 0.1;
        return low < high ? new Scale(low, high) : new Scale(low - margin, high + margin);
    }

    /** From zero to the largest value. */
    static Scale fromZero(double... values) {
        return new Scale(0, Math.max(1e-9, of(values).high));
    }

    /** Widened to the next round numbers, about {@code count} steps apart. */
    Scale rounded(int count) {
        double step = step(count);
        return new Scale(Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step);
    }

    /** Where a value lies: 0 at the low end, 1 at the high end. */
    double share(double value) {
        return (value - low) / (high - low);
    }

    /** Round numbers within the scale. */
    double[] ticks(int count) {
        double step = step(count);
        double first = Math.ceil(low / step - 1e-9);
        int found = (int) Math.floor(high / step + 1e-9 - first) + 1;
        double[] ticks = new double[Math.max(0, found)];
        for (int i = 0; i < ticks.length; i++) {
            ticks[i] = (first + i) * step;
        }
        return ticks;
    }

    private double step(int count) {
        double rough = (high - low) / count;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double ratio = rough / power;
        return power * (ratio > 5 ? 10 : ratio > 2 ? 5 : ratio > 1 ? 2 : 1);
    }

    /** A number as short as it can be told. */
    static String label(double value) {
        if (Math.abs(value) >= 1e5 || (value != 0 && Math.abs(value) < 1e-4)) {
            return String.format(Locale.ROOT, "%.1e", value);
        }
        String text = String.format(Locale.ROOT, "%.4f", value);
        return text.replaceAll("\\.?0+$", "");
    }
}
