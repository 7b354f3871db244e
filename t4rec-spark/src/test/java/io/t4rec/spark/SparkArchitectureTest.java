package io.t4rec.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the Spark engine may use. */
@AnalyzeClasses(packages = "io.t4rec.spark", importOptions = ImportOption.DoNotIncludeTests.class)
class SparkArchitectureTest {
    @ArchTest
    static final ArchRule USES_SCHEMA_DATA_AND_ETL = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.t4rec.metrics..",
                    "io.t4rec.tensor..",
                    "io.t4rec.nn..",
                    "io.t4rec.model..",
                    "io.t4rec.train..",
                    "io.t4rec.serve..",
                    "io.t4rec.bench..",
                    "io.t4rec.cli..");
}
