/**
 * A run told in one self-contained HTML page: no scripts from elsewhere, no network, charts as inline SVG.
 *
 * <p>Read {@link io.t4rec.cli.report.HtmlReport} and {@link io.t4rec.cli.report.Section} first. Used by the commands only.
 */
@NullMarked
package io.t4rec.cli.report;

import org.jspecify.annotations.NullMarked;
