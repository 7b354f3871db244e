/**
 * Tensors, scopes and automatic differentiation over libtorch; the only package that sees the native library.
 *
 * <p>Read {@link io.t4rec.tensor.Tensor} and {@link io.t4rec.tensor.Scope} first. Native memory is deterministic: whatever a
 * thread allocates inside an open scope is freed when that scope closes, unless it was kept by name. Every operator runs on
 * the calling thread alone; parallelism is over data, in the modules above. May be used by every module that computes.
 */
@NullMarked
package io.t4rec.tensor;

import org.jspecify.annotations.NullMarked;
