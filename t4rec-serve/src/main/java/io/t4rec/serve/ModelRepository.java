package io.t4rec.serve;

import io.t4rec.model.Recommender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The model that answers now, and how to put another one in its place while requests go on. */
final class ModelRepository implements AutoCloseable {
    private final @Nullable Path bundle;
    private final AtomicBoolean loading = new AtomicBoolean();
    private volatile ServedModel current;
    private boolean closed; // guarded by this

    private ModelRepository(@Nullable Path bundle, ServedModel first) {
        this.bundle = bundle;
        this.current = first;
    }

    /** A model of the caller's, who also frees it. */
    static ModelRepository of(String name, Recommender recommender) {
        return new ModelRepository(null, new ServedModel(name, recommender, () -> {}));
    }

    /**
     * Loads a bundle, and remembers where it was.
     *
     * @throws io.t4rec.schema.ModelFormatException when it is damaged
     */
    static ModelRepository open(String name, Path bundle) throws IOException {
        return new ModelRepository(bundle, read(name, bundle));
    }

    private static ServedModel read(String name, Path bundle) throws IOException {
        Recommender recommender = Recommender.load(bundle);
        ServedModel model = new ServedModel(
                name, recommender, () -> recommender.bundle().model().release());
        try {
            model.tryOut();
            return model;
        } catch (RuntimeException e) {
            model.release();
            throw e;
        }
    }

    /** For looking at; to score with it, {@link #hold} it. */
    ServedModel current() {
        return current;
    }

    /** The current model, to be {@link ServedModel#release released} after use. */
    ServedModel hold() {
        while (true) {
            ServedModel model = current;
            if (model.hold()) {
                return model;
            }
            if (model == current) {
                throw RequestException.unavailable("server: stopping");
            }
        }
    }

    /**
     * Reads the bundle's directory anew and puts it in place of the current model, which answers until then, and goes on when this
     * fails.
     *
     * @throws RequestException when there is no directory, another load is under way, or the server stops
     * @throws io.t4rec.schema.ModelFormatException when the bundle is damaged
     */
    void load() throws IOException {
        if (bundle == null) {
            throw RequestException.bad("load: this model was started from memory (expected: a bundle's directory)");
        }
        if (!loading.compareAndSet(false, true)) {
            throw RequestException.unavailable("load: another one is under way (try again)");
        }
        try {
            replace(read(current.name(), bundle));
        } finally {
            loading.set(false);
        }
    }

    private synchronized void replace(ServedModel next) {
        if (closed) {
            next.release();
            throw RequestException.unavailable("server: stopping");
        }
        ServedModel old = current;
        current = next;
        old.release();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            current.release();
        }
    }
}
