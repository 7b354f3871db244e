package io.t4rec.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.t4rec.etl.Vocabulary;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.Proxy;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a server what users will ask, over loopback and with the catalogue's most frequent items, so that the Java machine
 * has compiled what requests run through before they come. Its requests carry a secret of this server, so that they can be told from
 * those of users.
 */
final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    /** The request header with the secret. */
    static final String HEADER = "t4rec-warm-up";

    private static final int SESSIONS = 20;
    private static final int PATIENCE_MILLIS = 10_000;

    private final URL url;
    private final List<byte[]> bodies;
    private final String secret;
    private volatile long end;

    private WarmUp(URL url, List<byte[]> bodies, String secret, Duration longest) {
        this.url = url;
        this.bodies = bodies;
        this.secret = secret;
        this.end = System.nanoTime() + longest.toNanos();
    }

    /**
     * Prepares what to ask.
     *
     * @param listening where the server does
     * @param secret what its requests carry
     * @param longest it may take
     */
    static WarmUp of(InetSocketAddress listening, ServedModel model, String secret, Duration longest) {
        return new WarmUp(url(listening, model), bodies(model), secret, longest);
    }

    /** Asks from as many threads as there are cores, until little is left to compile. What goes wrong is logged and ends it early. */
    void run() {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            int first = i;
            Thread thread = new Thread(() -> ask(first), "t4rec-warm-up-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        CompilationWatch compilation = CompilationWatch.ofThisMachine();
        try {
            for (Thread thread : threads) {
                while (thread.isAlive()) {
                    thread.join(CompilationWatch.PERIOD_MILLIS);
                    if (compilation.isQuiet()) {
                        stop();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it; what was asked is still answered. */
    void stop() {
        end = System.nanoTime();
    }

    private boolean isOver() {
        return System.nanoTime() - end >= 0;
    }

    private static URL url(InetSocketAddress listening, ServedModel model) {
        InetAddress address = listening.getAddress();
        String host = (address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address).getHostAddress();
        boolean items = model.recommender().bundle().model().config().predictsNextItem();
        try {
            return new URL("http", host, listening.getPort(), items ? "/recommend" : "/predict");
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e); // of an unknown protocol or a negative port
        }
    }

    /** Sessions of one item, of two and so on. */
    private static List<byte[]> bodies(ServedModel model) {
        Vocabulary items = model.recommender()
                .bundle()
                .workflow()
                .vocabulary(model.recommender().bundle().workflow().config().item());
        List<byte[]> bodies = new ArrayList<>();
        for (int length = 1; length <= SESSIONS; length++) {
            ArrayNode events = Json.array();
            LongStream.range(0, length)
                    .mapToObj(place -> items.value(items.layout().first() + place % Math.max(1, items.size())))
                    .forEach(item ->
                            events.addObject().putPOJO(model.reader().item().name(), item));
            bodies.add(Json.bytes(Json.object().set("events", events)));
        }
        return bodies;
    }

    private void ask(int first) {
        try {
            for (int i = first; !isOver(); i++) {
                post(bodies.get(i % bodies.size()));
            }
        } catch (IOException e) {
            if (!isOver()) {
                LOG.warn("warm-up: ended early ({})", e.getMessage());
                stop();
            }
        }
    }

    private void post(byte[] body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(PATIENCE_MILLIS);
        connection.setReadTimeout(PATIENCE_MILLIS);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setRequestProperty(HEADER, secret);
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(body.length);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body);
        }
        try (InputStream in = connection.getInputStream()) { // fails for other answers than success
            in.readAllBytes();
        }
    }
}
