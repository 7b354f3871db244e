package io.t4rec.schema;

import com.google.protobuf.AnyProto;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The messages of TensorFlow Metadata's schema by the names of their fields. The forms that are read and written here, text and
 * JSON, have names only: the numbers of the fields are not those of the original.
 *
 * <p>Departures: {@code float} is held as {@code double}, so that a decimal number survives as it is written; of fields of which
 * the original allows one, several are read.
 */
final class TfMetadata {
    /** Domains of which the original allows a feature one. */
    static final List<String> DOMAINS = List.of(
            "domain",
            "int_domain",
            "float_domain",
            "string_domain",
            "bool_domain",
            "struct_domain",
            "natural_language_domain",
            "image_domain",
            "audio_domain",
            "video_domain",
            "content_chunk_domain",
            "mid_domain",
            "url_domain",
            "time_domain",
            "time_of_day_domain");

    /** A star marks a repeated field; an enum's value without a number takes the one after the value before. */
    private static final String DEFINITIONS = """
            enum LifecycleStage UNKNOWN_STAGE PLANNED ALPHA BETA PRODUCTION DEPRECATED DEBUG_ONLY DISABLED VALIDATION_DERIVED=9
            enum FeatureType TYPE_UNKNOWN BYTES INT FLOAT STRUCT
            enum Categorical CATEGORICAL_UNSPECIFIED CATEGORICAL_YES CATEGORICAL_NO
            enum TimeFormat FORMAT_UNKNOWN UNIX_SECONDS UNIX_MILLISECONDS UNIX_MICROSECONDS UNIX_NANOSECONDS UNIX_DAYS
            enum TimeOfDayFormat FORMAT_UNKNOWN PACKED_64_NANOS
            enum HistogramType DEFAULT QUANTILES STANDARD
            enum RowPartitionType UNSPECIFIED INT64 INT32
            enum SliceValueType VALUE_TYPE_DEFAULT VALUE_TYPE_INTEGER VALUE_TYPE_FLOAT VALUE_TYPE_UNSUPPORTED
            enum SequentialStatus SEQUENTIAL_UNSPECIFIED SEQUENTIAL_YES SEQUENTIAL_NO
            message Schema feature:Feature* sparse_feature:SparseFeature* weighted_feature:WeightedFeature* \
            string_domain:StringDomain* float_domain:FloatDomain* int_domain:IntDomain* default_environment:string* \
            annotation:Annotation dataset_constraints:DatasetConstraints \
            tensor_representation_group:TensorRepresentationGroupEntry* represent_variable_length_as_ragged:bool
            message Feature name:string type:FeatureType deprecated:bool lifecycle_stage:LifecycleStage \
            presence:FeaturePresence group_presence:FeaturePresenceWithinGroup shape:FixedShape value_count:ValueCount \
            value_counts:ValueCountList domain:string int_domain:IntDomain float_domain:FloatDomain \
            string_domain:StringDomain bool_domain:BoolDomain struct_domain:StructDomain \
            natural_language_domain:NaturalLanguageDomain image_domain:ImageDomain audio_domain:Empty video_domain:Empty \
            content_chunk_domain:Empty mid_domain:Empty url_domain:Empty time_domain:TimeDomain \
            time_of_day_domain:TimeOfDayDomain distribution_constraints:DistributionConstraints \
            annotation:Annotation skew_comparator:FeatureComparator drift_comparator:FeatureComparator \
            in_environment:string* not_in_environment:string* unique_constraints:UniqueConstraints \
            validation_derived_source:DerivedFeatureSource sequence_metadata:SequenceMetadata
            message Annotation tag:string* comment:string* extra_metadata:Any*
            message FixedShape dim:Dim*
            message Dim size:int name:string
            message ValueCount min:int max:int
            message ValueCountList value_count:ValueCount*
            message IntDomain name:string min:int max:int is_categorical:bool
            message FloatDomain name:string min:number max:number disallow_nan:bool disallow_inf:bool is_embedding:bool \
            is_categorical:bool embedding_dim:int embedding_type:string
            message StringDomain name:string value:string* is_categorical:Categorical
            message BoolDomain name:string true_value:string false_value:string
            message StructDomain feature:Feature* sparse_feature:SparseFeature*
            message NaturalLanguageDomain vocabulary:string coverage:FeatureCoverageConstraints \
            token_constraints:SequenceValueConstraints* sequence_length_constraints:SequenceLengthConstraints
            message FeatureCoverageConstraints min_coverage:number min_avg_token_length:number \
            excluded_string_tokens:string* excluded_int_tokens:int* oov_string_tokens:string*
            message SequenceValueConstraints int_value:int string_value:string min_per_sequence:int max_per_sequence:int \
            min_fraction_of_sequences:number max_fraction_of_sequences:number
            message SequenceLengthConstraints excluded_int_value:int* excluded_string_value:string* \
            min_sequence_length:int max_sequence_length:int
            message ImageDomain minimum_supported_image_fraction:number max_image_byte_size:int
            message TimeDomain string_format:string integer_format:TimeFormat
            message TimeOfDayDomain string_format:string integer_format:TimeOfDayFormat
            message Empty
            message FeaturePresence min_fraction:number min_count:int
            message FeaturePresenceWithinGroup required:bool
            message DistributionConstraints min_domain_mass:number
            message FeatureComparator infinity_norm:Threshold jensen_shannon_divergence:Divergence \
            normalized_abs_difference:Threshold
            message Threshold threshold:number
            message Divergence threshold:number source:HistogramSelection
            message HistogramSelection type:HistogramType
            message UniqueConstraints min:int max:int
            message DerivedFeatureSource deriver_name:string description:string source_path:Path* \
            declaratively_configured:bool config:DerivedFeatureConfig
            message DerivedFeatureConfig allowlist:Allowlist argmax_top_k:ArgmaxTopK reduce_op:ReduceOp \
            slice_sql:SliceSql image_quality:ImageQuality
            message Allowlist allowed_bytes_value:bytes* placeholder_value:bytes
            message ArgmaxTopK k:int
            message ReduceOp op_name:string
            message SliceSql expression:string feature_value_type:SliceValueType drop_struct_name:bool \
            int64_default_feature_value:int float_default_feature_value:number string_default_feature_value:string
            message ImageQuality model_name:string
            message SequenceMetadata sequential_status:SequentialStatus joint_group:string sequence_truncation_limit:int
            message SparseFeature name:string deprecated:bool lifecycle_stage:LifecycleStage presence:FeaturePresence \
            dense_shape:FixedShape index_feature:Named* is_sorted:bool value_feature:Named type:FeatureType
            message Named name:string
            message WeightedFeature name:string feature:Path weight_feature:Path lifecycle_stage:LifecycleStage
            message Path step:string*
            message DatasetConstraints num_examples_drift_comparator:FractionThresholds \
            num_examples_version_comparator:FractionThresholds min_examples_count:int max_examples_count:int
            message FractionThresholds min_fraction_threshold:number max_fraction_threshold:number
            message TensorRepresentationGroupEntry key:string value:TensorRepresentationGroup
            message TensorRepresentationGroup tensor_representation:TensorRepresentationEntry*
            message TensorRepresentationEntry key:string value:TensorRepresentation
            message TensorRepresentation dense_tensor:DenseTensor varlen_sparse_tensor:VarLenSparseTensor \
            sparse_tensor:SparseTensor ragged_tensor:RaggedTensor
            message DenseTensor column_name:string shape:FixedShape default_value:DefaultValue
            message DefaultValue float_value:number int_value:int bytes_value:bytes uint_value:int
            message VarLenSparseTensor column_name:string
            message SparseTensor dense_shape:FixedShape index_column_names:string* value_column_name:string \
            already_sorted:bool
            message RaggedTensor feature_path:Path partition:Partition* row_partition_dtype:RowPartitionType
            message Partition uniform_row_length:int row_length:string
            """;

    private static final Map<String, Type> PLAIN = Map.of(
            "string", Type.TYPE_STRING,
            "bool", Type.TYPE_BOOL,
            "int", Type.TYPE_INT64,
            "number", Type.TYPE_DOUBLE,
            "bytes", Type.TYPE_BYTES);

    private static final FileDescriptor FILE = file();

    static final Descriptor SCHEMA = FILE.findMessageTypeByName("Schema");
    static final Descriptor FEATURE = FILE.findMessageTypeByName("Feature");

    private TfMetadata() {}

    /** Whether the field is a map: an object in JSON, entries with key and value in text. */
    static boolean isMap(FieldDescriptor field) {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                && field.getMessageType().getName().endsWith("Entry");
    }

    private static FileDescriptor file() {
        FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder()
                .setName("schema.proto")
                .setSyntax("proto2")
                .addDependency(AnyProto.getDescriptor().getFullName());
        Set<String> enums = new HashSet<>();
        for (String line : DEFINITIONS.lines().toList()) {
            List<String> words = List.of(line.split(" +"));
            List<String> members = words.subList(2, words.size());
            if (words.get(0).equals("enum")) {
                enums.add(words.get(1));
                file.addMessageType(holder(words.get(1), members));
            } else {
                file.addMessageType(message(words.get(1), members, enums));
            }
        }
        try {
            return FileDescriptor.buildFrom(file.build(), new FileDescriptor[] {AnyProto.getDescriptor()});
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException("schema.proto: " + e.getMessage(), e);
        }
    }

    /** An enum inside a message of its own, since enums side by side may not share the names of values. */
    private static DescriptorProto holder(String name, List<String> values) {
        EnumDescriptorProto.Builder members = EnumDescriptorProto.newBuilder().setName("Value");
        int number = 0;
        for (String value : values) {
            String[] parts = value.split("=", -1);
            number = parts.length == 2 ? Integer.parseInt(parts[1]) : number;
            members.addValue(
                    EnumValueDescriptorProto.newBuilder().setName(parts[0]).setNumber(number++));
        }
        return DescriptorProto.newBuilder().setName(name).addEnumType(members).build();
    }

    private static DescriptorProto message(String name, List<String> fields, Set<String> enums) {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
        for (String field : fields) {
            int colon = field.indexOf(':');
            boolean repeated = field.endsWith("*");
            String type = field.substring(colon + 1, field.length() - (repeated ? 1 : 0));
            FieldDescriptorProto.Builder proto = message.addFieldBuilder()
                    .setName(field.substring(0, colon))
                    .setNumber(message.getFieldCount())
                    .setLabel(repeated ? Label.LABEL_REPEATED : Label.LABEL_OPTIONAL);
            Type plain = PLAIN.get(type);
            if (plain != null) {
                proto.setType(plain);
            } else if (enums.contains(type)) {
                proto.setType(Type.TYPE_ENUM).setTypeName("." + type + ".Value");
            } else {
                proto.setType(Type.TYPE_MESSAGE).setTypeName(type.equals("Any") ? ".google.protobuf.Any" : "." + type);
            }
        }
        return message.build();
    }
}
