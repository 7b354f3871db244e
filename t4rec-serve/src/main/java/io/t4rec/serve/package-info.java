/**
 * The server: a bundle over HTTP, in the KServe v2 protocol that Triton's clients speak, and as a plain recommend call.
 *
 * <p>Read {@link io.t4rec.serve.RecommendServer} and {@code MicroBatcher} first. Depends on the model, never on training.
 */
@NullMarked
package io.t4rec.serve;

import org.jspecify.annotations.NullMarked;
