/**
 * Blocks that map the last dimension of a tensor, put one after another before their widths are known.
 *
 * <p>Read {@link io.t4rec.nn.block.BlockSpec} and {@link io.t4rec.nn.block.Blocks}. Used by {@code io.t4rec.model}.
 */
@NullMarked
package io.t4rec.nn.block;

import org.jspecify.annotations.NullMarked;
