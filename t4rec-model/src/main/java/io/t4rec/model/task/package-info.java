/**
 * What a model predicts beside the next item: yes or no, one class of several, a number; for each event or for a whole session.
 *
 * <p>Read {@link io.t4rec.model.task.Task}, the settings of a task, and {@link io.t4rec.model.task.TaskHeads}, which predicts and learns.
 * Used by {@code io.t4rec.model} and {@code io.t4rec.train}.
 */
@NullMarked
package io.t4rec.model.task;

import org.jspecify.annotations.NullMarked;
