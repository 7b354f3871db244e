package io.t4rec.model;

import java.util.List;

/**
 * What to show to one session.
 *
 * @param session its raw id
 * @param items best first
 */
public record Recommendation(Object session, List<ScoredItem> items) {
    /**
     * An item with its score; scores compare within one session only.
     *
     * @param item raw id, Long or String
     */
    public record ScoredItem(Object item, double score) {}
}
