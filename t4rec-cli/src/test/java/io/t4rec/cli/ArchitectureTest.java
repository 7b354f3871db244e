package io.t4rec.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between modules and the fence around libtorch. */
@AnalyzeClasses(packages = "io.t4rec", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule MODULES_POINT_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("schema")
            .definedBy("io.t4rec.schema..")
            .layer("metrics")
            .definedBy("io.t4rec.metrics..")
            .layer("data")
            .definedBy("io.t4rec.data..")
            .layer("etl")
            .definedBy("io.t4rec.etl..")
            .layer("tensor")
            .definedBy("io.t4rec.tensor..")
            .layer("nn")
            .definedBy("io.t4rec.nn..")
            .layer("model")
            .definedBy("io.t4rec.model..")
            .layer("train")
            .definedBy("io.t4rec.train..")
            .layer("serve")
            .definedBy("io.t4rec.serve..")
            .layer("bench")
            .definedBy("io.t4rec.bench..")
            .layer("cli")
            .definedBy("io.t4rec.cli..")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("bench")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("serve")
            .mayOnlyBeAccessedByLayers("bench", "cli")
            .whereLayer("train")
            .mayOnlyBeAccessedByLayers("bench", "cli")
            .whereLayer("model")
            .mayOnlyBeAccessedByLayers("train", "serve", "bench", "cli")
            .whereLayer("nn")
            .mayOnlyBeAccessedByLayers("model", "train", "bench")
            .whereLayer("tensor")
            .mayOnlyBeAccessedByLayers("nn", "model", "train", "serve", "bench", "cli")
            .whereLayer("etl")
            .mayOnlyBeAccessedByLayers("model", "train", "serve", "bench", "cli")
            .whereLayer("data")
            .mayOnlyBeAccessedByLayers("etl", "model", "train", "serve", "bench", "cli");

    /** It is found as a service, where it is on the class path. */
    @ArchTest
    static final ArchRule NOTHING_NEEDS_SPARK =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("io.t4rec.spark..", "org.apache.spark..");

    @ArchTest
    static final ArchRule ONLY_TENSOR_SEES_LIBTORCH = noClasses()
            .that()
            .resideOutsideOfPackage("io.t4rec.tensor..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco..");

    @ArchTest
    static final ArchRule COMPUTING_MODULES_KNOW_NO_DATABASE = noClasses()
            .that()
            .resideInAnyPackage("io.t4rec.tensor..", "io.t4rec.nn..", "io.t4rec.metrics..", "io.t4rec.schema..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.duckdb..", "java.sql..");

    @ArchTest
    static final ArchRule COMMANDS_ARE_NOT_PUBLIC = classes()
            .that()
            .resideInAPackage("io.t4rec.cli")
            .and()
            .doNotHaveSimpleName("Main")
            .and()
            .areTopLevelClasses()
            .should()
            .notBePublic();
}
