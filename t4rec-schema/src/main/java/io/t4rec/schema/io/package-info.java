/**
 * Small shared services that every module needs: writing files all or nothing, keeping a directory for one run, suggesting the name
 * that was meant.
 *
 * <p>Read {@link io.t4rec.schema.io.AtomicFiles}, {@link io.t4rec.schema.io.DirectoryLock} and {@link io.t4rec.schema.io.Names}. May be
 * used by every module.
 */
@NullMarked
package io.t4rec.schema.io;

import org.jspecify.annotations.NullMarked;
