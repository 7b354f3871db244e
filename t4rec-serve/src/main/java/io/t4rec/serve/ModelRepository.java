package io.t4rec.serve;

import io.t4rec.model.Recommender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The model that answers now, and how to put another one in its place while requests go on. */
final class ModelRepository implements AutoCloseable {
    private final @Nullable Path bundle;

    /** One thread for all loads: memory that another thread freed would be of little use to the next. */
    private final ExecutorService loader = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "t4rec-load");
        thread.setDaemon(true);
        return thread;
    });

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
     * fails: with {@link IOException} or {@link io.t4rec.schema.ModelFormatException} inside a {@link CompletionException}.
     *
     * @throws RequestException when there is no directory, another load is under way, or the server stops
     */
    CompletableFuture<Void> load() {
        Path directory = bundle;
        if (directory == null) {
            throw RequestException.bad("load: this model was started from memory (expected: a bundle's directory)");
        }
        if (!loading.compareAndSet(false, true)) {
            throw RequestException.unavailable("load: another one is under way (try again)");
        }
        try {
            return CompletableFuture.runAsync(() -> load(directory), loader);
        } catch (RejectedExecutionException e) {
            throw RequestException.unavailable("server: stopping");
        }
    }

    private void load(Path directory) {
        try {
            replace(read(current.name(), directory));
        } catch (IOException e) {
            throw new CompletionException(e);
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
            loader.shutdown();
            current.release();
        }
    }
}
