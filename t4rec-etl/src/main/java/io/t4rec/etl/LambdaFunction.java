package io.t4rec.etl;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A function of the user's own for {@link Lambda}. It must be pure and safe for many threads. */
@FunctionalInterface
public interface LambdaFunction {
    /**
     * The result for one row.
     *
     * @param values of the input columns in order, Long, Double or String; never null
     * @return Long, Double or String, as the operator's type says, or null
     */
    @Nullable
    Object apply(List<Object> values);
}
