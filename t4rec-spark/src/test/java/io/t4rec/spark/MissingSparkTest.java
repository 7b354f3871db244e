package io.t4rec.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.etl.WorkflowEngine;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What is said where the engine, or Spark itself, is not on the class path. */
class MissingSparkTest {
    private static String message(Predicate<String> absent) throws IOException, ReflectiveOperationException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!absent.test(entry)) {
                urls.add(url(entry));
            }
        }
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(loader);
            loader.loadClass(WorkflowEngine.class.getName())
                    .getMethod("open", String.class, Map.class)
                    .invoke(null, "spark", Map.of());
            return "opened";
        } catch (InvocationTargetException e) {
            return String.valueOf(e.getCause());
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static URL url(String entry) throws MalformedURLException {
        return Path.of(entry).toUri().toURL();
    }

    @Test
    void namesTheEngineThatNobodyProvides() throws IOException, ReflectiveOperationException {
        assertThat(message(entry -> entry.contains("t4rec-spark")))
                .contains(
                        "ConfigException: engine: spark: nobody provides it (expected: duckdb, or an engine on the class path:")
                .contains("docs/spark.md");
    }

    @Test
    void namesTheClassOfSparkThatIsMissing() throws IOException, ReflectiveOperationException {
        assertThat(message(entry -> entry.contains("/spark-")))
                .contains("ConfigException: engine: spark: ")
                .contains("org/apache/spark")
                .contains("for spark, t4rec-spark and Spark's jars");
    }
}
