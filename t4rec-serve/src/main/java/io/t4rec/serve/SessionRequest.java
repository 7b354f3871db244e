package io.t4rec.serve;

import io.t4rec.model.RecommendOptions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One session to recommend for.
 *
 * @param events raw values by column, oldest first, of the types of the input schema; no session id
 * @param k most items to return
 */
record SessionRequest(List<Map<String, @Nullable Object>> events, int k, RecommendOptions options) {}
