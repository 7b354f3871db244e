/**
 * Strict reading of configuration: YAML and JSON onto records, unknown keys refused with the nearest known one.
 *
 * <p>Read {@link io.t4rec.schema.config.ConfigFiles}. May be used by every module that has settings.
 */
@NullMarked
package io.t4rec.schema.config;

import org.jspecify.annotations.NullMarked;
