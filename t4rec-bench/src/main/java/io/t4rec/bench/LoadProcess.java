package io.t4rec.bench;

import io.t4rec.schema.config.ConfigFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * The process that sends requests to a server: at random moments of a given rate, whether or not earlier ones were answered, and each
 * is timed from the moment it was due. So a server that falls behind can't hide it. Arguments: file of the plan, file to write.
 */
public final class LoadProcess {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int ANSWERED = 200;

    private LoadProcess() {}

    /**
     * What to send.
     *
     * @param url to post to
     * @param bodies sent in turn
     * @param rate requests a second, on average
     * @param warmUpSeconds how long requests are sent before they count
     * @param seconds how long they count
     * @param seed of the moments
     */
    record Plan(String url, List<String> bodies, int rate, int warmUpSeconds, int seconds, long seed) {}

    /**
     * What came of it.
     *
     * @param rate answers a second
     * @param milliseconds at the quantiles 0.5, 0.9, 0.99 and 1
     */
    record Result(int requests, int errors, double rate, List<Double> milliseconds) {}

    public static void main(String[] args) throws IOException {
        Plan plan = ConfigFiles.readJson(Path.of(args[0]), Plan.class);
        ConfigFiles.writeJson(Path.of(args[1]), run(plan));
        System.exit(0); // the client's threads
    }

    static Result run(Plan plan) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build();
        List<HttpRequest> requests = plan.bodies.stream()
                .map(body -> HttpRequest.newBuilder(URI.create(plan.url))
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build())
                .toList();
        send(client, requests, due(plan.rate, plan.warmUpSeconds, plan.seed + 1));
        long[] due = due(plan.rate, plan.seconds, plan.seed);
        long start = System.nanoTime();
        Sent sent = send(client, requests, due);
        double seconds = (System.nanoTime() - start) / 1e9;
        double[] sorted = sent.milliseconds.clone();
        Arrays.sort(sorted);
        return new Result(
                due.length,
                sent.errors,
                (due.length - sent.errors) / seconds,
                List.of(quantile(sorted, 0.5), quantile(sorted, 0.9), quantile(sorted, 0.99), quantile(sorted, 1)));
    }

    private static double quantile(double[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, (long) (share * sorted.length))];
    }

    /** Nanoseconds from the start at which requests are due: a Poisson process. */
    private static long[] due(int rate, int seconds, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] due = new long[rate * seconds];
        double at = 0;
        for (int i = 0; i < due.length; i++) {
            at -= Math.log(1 - random.nextDouble()) / rate;
            due[i] = (long) (at * 1e9);
        }
        return due;
    }

    /** @param milliseconds from the moment a request was due to its whole answer, or to its failure */
    private record Sent(double[] milliseconds, int errors) {}

    private static Sent send(HttpClient client, List<HttpRequest> requests, long[] due) {
        double[] milliseconds = new double[due.length];
        List<CompletableFuture<Boolean>> answered = new ArrayList<>(due.length);
        long start = System.nanoTime();
        for (int i = 0; i < due.length; i++) {
            int number = i;
            long at = start + due[i];
            for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            answered.add(client.sendAsync(requests.get(i % requests.size()), HttpResponse.BodyHandlers.ofByteArray())
                    .handle((response, failure) -> {
                        milliseconds[number] = (System.nanoTime() - at) / 1e6;
                        return failure == null && response.statusCode() == ANSWERED && response.body().length > 0;
                    }));
        }
        int errors = (int) answered.stream().filter(answer -> !answer.join()).count();
        return new Sent(milliseconds, errors);
    }
}
