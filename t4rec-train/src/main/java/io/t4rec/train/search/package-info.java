/**
 * Search for good settings: what values they may take, which to try next, when to give a trial up. Read {@link
 * io.t4rec.train.search.SearchSpace} and {@link io.t4rec.train.search.Search} first. Knows nothing of models; the command line
 * runs the trials.
 */
@NullMarked
package io.t4rec.train.search;

import org.jspecify.annotations.NullMarked;
