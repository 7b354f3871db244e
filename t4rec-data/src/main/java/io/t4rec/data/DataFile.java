package io.t4rec.data;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One file of a data set.
 *
 * @param location as the engine reads it
 * @param keys values of the {@code key=value} folders that it lies in, outermost first; null for a value that is missing
 */
public record DataFile(String location, Map<String, @Nullable String> keys) {}
