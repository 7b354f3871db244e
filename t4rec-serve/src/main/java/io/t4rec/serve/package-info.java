/**
 * Serving without a protocol: the models a server answers for, their requests and answers, and the micro-batching between them.
 *
 * <p>Read {@link io.t4rec.serve.RankingModel} and {@link io.t4rec.serve.MicroBatcher} first. The wire forms live in
 * {@code io.t4rec.serve.protocol}, the server itself in {@code io.t4rec.serve.http}; both may use this package, it uses neither.
 */
@NullMarked
package io.t4rec.serve;

import org.jspecify.annotations.NullMarked;
