/**
 * The server: a bundle over HTTP, in the KServe v2 protocol that Triton's clients speak, and as a plain recommend call.
 *
 * <p>Read {@link io.t4rec.serve.RecommendServer}, {@code CallService} and {@code MicroBatcher} first: the paths, a request's way from
 * body to answer, and how requests are scored together. Depends on the model, never on training.
 */
@NullMarked
package io.t4rec.serve;

import org.jspecify.annotations.NullMarked;
