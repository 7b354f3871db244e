/**
 * What the columns of a data set are: types, list lengths, domains, tags; and the exceptions of the project.
 *
 * <p>Read {@link io.t4rec.schema.Schema} and {@link io.t4rec.schema.ColumnSchema} first. Schemas are read and written as
 * TensorFlow Metadata text ({@code schema.pbtxt}) and JSON, the forms of Merlin and Transformers4Rec. Depends on nothing of
 * the project; everything may depend on it.
 */
@NullMarked
package io.t4rec.schema;

import org.jspecify.annotations.NullMarked;
