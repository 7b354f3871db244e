package io.t4rec.bench.micro;

import io.t4rec.bench.FreshBundle;
import io.t4rec.data.Table;
import io.t4rec.etl.RequestPipeline;
import io.t4rec.model.Bundle;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.RecommendOptions;
import io.t4rec.model.Recommendation;
import io.t4rec.model.Recommender;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What of a request is the workflow's, and what the whole? One session of 20 events, 20 items wanted, the default model, one thread. */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class RequestBenchmark {
    private static final int EVENTS = 20;

    /** Number of items. */
    @Param({"1000", "40000"})
    public int items;

    private RequestPipeline pipeline;
    private Recommender recommender;
    private Table session;

    /** Makes model, workflow and session. */
    @Setup
    public void make() throws IOException {
        Bundle bundle = FreshBundle.of(ModelConfig.defaults(), items, 1);
        pipeline = bundle.workflow().requestPipeline();
        recommender = new Recommender(bundle);
        session = FreshBundle.session(EVENTS, items, new SplittableRandom(1));
    }

    /** Raw events to ids and lists, by the workflow's engine for requests. */
    @Benchmark
    public Table workflow() {
        return pipeline.transform(session);
    }

    /** Raw events to raw items. */
    @Benchmark
    public List<Recommendation> recommendation() {
        return recommender.recommend(session, EVENTS, RecommendOptions.defaults());
    }
}
