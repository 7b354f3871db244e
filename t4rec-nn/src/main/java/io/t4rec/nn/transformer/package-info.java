/**
 * Transformer and recurrent bodies, one file per architecture: embeddings in, hidden states out.
 *
 * <p>Read {@link io.t4rec.nn.transformer.TransformerBody} and {@link io.t4rec.nn.transformer.BodyInput} first. Weight names
 * are those of Hugging Face transformers. Used by {@code io.t4rec.model}.
 */
@NullMarked
package io.t4rec.nn.transformer;

import org.jspecify.annotations.NullMarked;
