package io.t4rec.model.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.data.Database;
import io.t4rec.nn.Pass;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.IntDomain;
import io.t4rec.schema.Schema;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Npy;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors from files as features and as beginnings of tables. */
class PretrainedTest {
    private static final Schema SCHEMA = Schema.of(Inputs.ITEM, Inputs.KIND);
    private static final int ITEMS = 31;
    private static final InputConfig CONFIG =
            new InputConfig(8, Map.of("kind", 4), 2, 0.05, null, "concat", false, false, 0, 0);

    @TempDir
    Path folder;

    /** Row i holds i, i + 0.5 ... */
    private Path npy(int rows, int width) throws IOException {
        float[] values = new float[rows * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / width + (i % width) / 2f;
        }
        return npy(values, width);
    }

    private Path npy(float[] values, int width) throws IOException {
        Path file = folder.resolve("vectors.npy");
        try (Scope scope = Scope.open();
                OutputStream out = Files.newOutputStream(file)) {
            Npy.write(Tensors.of(values, values.length / width, width), out);
        }
        return file;
    }

    private Path parquet(String query) {
        Path file = folder.resolve("vectors.parquet");
        try (Database database = Database.openInOrder()) {
            database.execute("copy (" + query + ") to " + Database.literal(file.toString()) + " (format parquet)");
        }
        return file;
    }

    private static InputConfig with(PretrainedConfig feature) {
        return CONFIG.edit().pretrained(Map.of("text", feature)).build();
    }

    private static PretrainedConfig frozen(Path file) {
        return PretrainedConfig.of(MatrixFile.of(file.toString()));
    }

    private static SequenceInput input(InputConfig config, int width) {
        try (PretrainedMatrices matrices = PretrainedMatrices.open(config, SCHEMA)) {
            return new SequenceInput(matrices.resolve(config), SCHEMA, width, matrices, new Generator(1));
        }
    }

    @Test
    void areLookedUpByIdBesideTheOtherFeatures() throws IOException {
        SequenceInput input = input(with(frozen(npy(ITEMS, 3))), 8 + 4 + 3);
        try (Scope scope = Scope.open()) {
            Tensor out = Inputs.forward(input, Pass.inference()); // item_id, kind, text
            assertThat(out.select(0, 0).select(0, 1).narrow(0, 12, 3).toFloats())
                    .containsExactly(4, 4.5f, 5);
            assertThat(out.select(0, 1).select(0, 0).narrow(0, 12, 3).toFloats())
                    .containsExactly(9, 9.5f, 10);
        }
        assertThat(input.parameters().keySet())
                .as("a frozen matrix is no weight")
                .containsExactlyInAnyOrder("embedding_tables.item_id.weight", "embedding_tables.kind.weight");
        input.release();
    }

    @Test
    void areLookedUpByAnotherColumnEvenOneThatIsNoFeature() throws IOException {
        PretrainedConfig byKind =
                new PretrainedConfig(MatrixFile.of(npy(6, 3).toString()), "kind", null, false, null, null);
        InputConfig config = with(byKind).edit().columns(List.of()).build();
        SequenceInput input = input(config, 8 + 3);
        try (Scope scope = Scope.open()) {
            Tensor out = Inputs.forward(input, Pass.inference());
            assertThat(out.select(0, 0).select(0, 2).narrow(0, 8, 3).toFloats()).containsExactly(3, 3.5f, 4);
        }
        input.release();
    }

    @Test
    void areProjectedAndNormalised() throws IOException {
        MatrixFile file = MatrixFile.of(npy(ITEMS, 3).toString());
        for (String normalizer : List.of("layer-norm", "unit")) {
            PretrainedConfig config = new PretrainedConfig(file, null, 3, false, 5, normalizer);
            SequenceInput input = input(with(config), 17);
            assertThat(input.parameters()).containsKey("pretrained.text.projection.weight");
            try (Scope scope = Scope.open()) {
                Tensor vector = Inputs.forward(input, Pass.inference())
                        .select(0, 0)
                        .select(0, 1)
                        .narrow(0, 12, 5);
                double measured = normalizer.equals("unit")
                        ? vector.norm().item() - 1
                        : vector.mean().item();
                assertThat(measured).isCloseTo(0, within(1e-5));
            }
            input.release();
        }
    }

    @Test
    void ofZerosHaveAGradientWhenTheyAreMadeUnits() throws IOException {
        MatrixFile file = MatrixFile.of(npy(new float[ITEMS * 3], 3).toString());
        SequenceInput input = input(with(new PretrainedConfig(file, null, null, true, null, "unit")), 15);
        try (Scope scope = Scope.open()) {
            Inputs.forward(input, Pass.inference()).sum().backward();
            Tensor gradient = input.parameters()
                    .get("pretrained.text.embedding_table.weight")
                    .denseGradient();
            assertThat(gradient.isFinite()).isTrue();
        }
        input.release();
    }

    @Test
    void comeFromParquetInAnyOrder() {
        Path file = parquet("select 30 - i as item_id, [cast(30 - i as float), 0.25] as embedding from range(31) t(i)");
        MatrixFile matrix = new MatrixFile(file.toString(), "encoded", null, null, null);
        SequenceInput input = input(with(PretrainedConfig.of(matrix)), 14);
        try (Scope scope = Scope.open()) {
            Tensor out = Inputs.forward(input, Pass.inference());
            assertThat(out.select(0, 0).select(0, 2).narrow(0, 12, 2).toFloats())
                    .containsExactly(5, 0.25f);
        }
        input.release();
    }

    @Test
    void beginTables() throws IOException {
        Path file = npy(ITEMS, 8);
        for (boolean trainable : new boolean[] {true, false}) {
            InputConfig config = CONFIG.edit()
                    .embeddingInitializers(
                            Map.of("item_id", new TableInitializer(MatrixFile.of(file.toString()), trainable)))
                    .build();
            SequenceInput input = input(config, 12);
            assertThat(input.itemTable().table().isTrainable()).isEqualTo(trainable);
            try (Scope scope = Scope.open()) {
                float[] row = input.itemTable().table().value().select(0, 7).toFloats();
                assertThat(row).startsWith(7, 7.5f, 8).endsWith(10.5f);
            }
            input.release();
        }
    }

    @Test
    void beginTheRowsThatTheyHaveVectorsOf() {
        Path file = parquet("select i + 10 as id, [1.5, -2, 0, 4, 1, 1, 1, 1] as vector from range(5) t(i)");
        MatrixFile matrix = new MatrixFile(file.toString(), "encoded", "id", "vector", "zero");
        InputConfig config = CONFIG.edit()
                .embeddingInitializers(Map.of("item_id", new TableInitializer(matrix, true)))
                .build();
        SequenceInput input = input(config, 12);
        SequenceInput fresh = new SequenceInput(CONFIG, SCHEMA, 12, new Generator(1));
        try (Scope scope = Scope.open()) {
            Tensor table = input.itemTable().table().value().detach();
            Tensor random = fresh.itemTable().table().value().detach();
            assertThat(table.select(0, 12).toFloats()).startsWith(1.5f, -2);
            assertThat(table.narrow(0, 0, 10).contentEquals(random.narrow(0, 0, 10)))
                    .isTrue();
            assertThat(table.narrow(0, 15, 16).contentEquals(random.narrow(0, 15, 16)))
                    .isTrue();
        }
        input.release();
        fresh.release();
    }

    @Test
    void ofTheWrongSizeAreRefused() throws IOException {
        assertRefused(with(frozen(npy(30, 3))), "30 rows (expected: 31, one for each id of item_id");
        Path file = npy(ITEMS, 3);
        assertRefused(
                with(new PretrainedConfig(MatrixFile.of(file.toString()), null, 4, false, null, null)),
                "pretrained.text: " + file + " has width 3 (expected: 4");
        InputConfig table = CONFIG.edit()
                .embeddingInitializers(Map.of("item_id", new TableInitializer(MatrixFile.of(file.toString()), false)))
                .build();
        assertThatThrownBy(() -> input(table, 12))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("embeddingInitializers.item_id")
                .hasMessageContaining("has width 3 (expected: 8, the table's");
        InputConfig sum = with(frozen(file))
                .edit()
                .aggregation("element-wise-sum")
                .embeddingDims(Map.of("kind", 8))
                .build();
        assertThatThrownBy(() -> input(sum, 8))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("{item_id=8, kind=8, text=3} (expected: all equal, for an element-wise");
        Path flat = folder.resolve("flat.npy");
        try (Scope scope = Scope.open();
                OutputStream out = Files.newOutputStream(flat)) {
            Npy.write(Tensors.ones(ITEMS), out);
        }
        assertRefused(with(frozen(flat)), "shape [31] (expected: [ids, width], a matrix)");
    }

    @Test
    void withNumbersThatAreNoneAreRefused() throws IOException {
        for (float wrong : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
            float[] values = new float[ITEMS * 3];
            values[7 * 3 + 2] = wrong;
            assertRefused(with(frozen(npy(values, 3))), "row 7, column 2: " + wrong + " (expected: a finite number");
        }
        Path file = parquet("select i as item_id, [1, if(i = 5, 'nan'::float, 2)] as embedding from range(31) t(i)");
        assertRefused(
                with(PretrainedConfig.of(new MatrixFile(file.toString(), "encoded", null, null, null))),
                "row 6, element 2: NaN (expected: a finite number");
    }

    @Test
    void thatAreNoFilesOfVectorsAreRefused() throws IOException {
        Path absent = folder.resolve("absent.npy");
        assertRefused(with(frozen(absent)), "pretrained.text: file " + absent + " (expected: an existing");
        Path text = Files.writeString(folder.resolve("text.npy"), "import os; os.system('true')");
        assertRefused(with(frozen(text)), "no .npy file (expected: one that numpy.save wrote)");
        Path noParquet = Files.writeString(folder.resolve("text.parquet"), "not parquet");
        assertRefused(
                with(PretrainedConfig.of(new MatrixFile(noParquet.toString(), "encoded", null, null, null))),
                "text.parquet: not readable as Parquet");
    }

    @Test
    void withIdsOrColumnsThatDoNotFitAreRefused() {
        assertParquet(
                "select 31 as item_id, [1.0] as embedding", "row 1: id 31 (expected: 0 to 30, the ids of item_id)");
        assertParquet("select -1 as item_id, [1.0] as embedding", "row 1: id -1 (expected: 0 to 30");
        assertParquet("select null::int as item_id, [1.0] as embedding", "row 1: no id");
        assertParquet("select 4 as item_id, [1.0] as embedding from range(2)", "row 2: the id has a vector already");
        assertParquet(
                "select i as item_id, range(i) as embedding from range(1, 4) t(i)", "row 2: 2 numbers (expected: 1");
        assertParquet(
                "select i as item_id, [1.0] as embedding from range(5) t(i)", "vectors of 2 of 28 values of item_id");
        assertParquet("select 4 as item_id, null::float[] as embedding", "row 1: no vector");
        assertParquet("select 4 as item_id, [null]::float[] as embedding", "row 1, element 1: null");
        assertParquet(
                "select 4 as item_id, 'x' as embedding", "column embedding: VARCHAR (expected: lists of numbers)");
        assertParquet("select 4 as item_id, [1.0] as vector", "no column embedding, the vectorColumn");
        assertParquet("select 4 as id, [1.0] as embedding", "no column item_id, the idColumn");
        assertParquet("select 4 as item_id, [1.0] as embedding limit 0", "no row (expected: vectors)");
    }

    private void assertParquet(String query, String message) {
        Path file = parquet(query);
        assertRefused(with(PretrainedConfig.of(new MatrixFile(file.toString(), "encoded", null, null, null))), message);
    }

    private void assertRefused(InputConfig config, String message) {
        assertThatThrownBy(() -> PretrainedMatrices.open(config, SCHEMA).close())
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }

    @Test
    void havingSettingsThatMakeNoSenseAreRefused() throws IOException {
        String file = npy(ITEMS, 3).toString();
        assertThatThrownBy(() -> MatrixFile.of("vectors.pkl")).hasMessageContaining("file: vectors.pkl");
        assertThatThrownBy(() -> new MatrixFile(file, "row", null, null, null)).hasMessageContaining("ids: row");
        assertThatThrownBy(() -> new MatrixFile(file, null, "id", null, null)).hasMessageContaining("idColumn id");
        assertThatThrownBy(() -> new PretrainedConfig(MatrixFile.of(file), null, null, false, null, "layernorm"))
                .hasMessageContaining("did you mean layer-norm?");
        assertThatThrownBy(() -> CONFIG.edit()
                        .pretrained(Map.of("../x", frozen(Path.of(file))))
                        .build())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("pretrained: ../x");
        InputConfig raw = with(PretrainedConfig.of(new MatrixFile(file, "raw", null, null, null)));
        assertThatThrownBy(() -> PretrainedMatrices.open(raw, SCHEMA))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("pretrained.text: ids raw (expected: encoded, or a workflow");
        InputConfig column = with(new PretrainedConfig(MatrixFile.of(file), "kin", null, false, null, null));
        assertThatThrownBy(() -> PretrainedMatrices.open(column, SCHEMA))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("pretrained.text.column: kin")
                .hasMessageContaining("did you mean kind?");
        InputConfig taken =
                CONFIG.edit().pretrained(Map.of("kind", frozen(Path.of(file)))).build();
        assertThatThrownBy(() -> input(taken, 12))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("pretrained: kind (expected: a name that no column has)");
        ColumnSchema more = Inputs.ITEM.withIntDomain(IntDomain.of(0, 40));
        try (PretrainedMatrices matrices = PretrainedMatrices.open(with(frozen(Path.of(file))), SCHEMA)) {
            assertThatThrownBy(() -> new SequenceInput(
                            with(frozen(Path.of(file))), Schema.of(more, Inputs.KIND), 15, matrices, new Generator(1)))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("31 rows (expected: 41");
        }
    }
}
