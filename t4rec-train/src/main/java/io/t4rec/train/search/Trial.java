package io.t4rec.train.search;

import java.util.Map;

/**
 * Settings that were tried.
 *
 * @param settings by name
 * @param value how good they were, higher is better; not-a-number where they could not be used at all
 */
public record Trial(Map<String, Object> settings, double value) {}
