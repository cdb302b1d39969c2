using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using StreamEngine.Diagnostics;

namespace StreamEngine.Kafka.Native;

/// <summary>
/// The calls of librdkafka that are made per record, or that belong to them, bound to the copy of the library that Confluent.Kafka has loaded. All
/// arguments are blittable. Calls that may wait, or may free memory, tell the garbage collector so; only those that read a field don't.
/// </summary>
internal static unsafe partial class Librdkafka
{
    /// <summary>Kind of client: a producer.</summary>
    public const int Producer = 0;

    /// <summary>Kind of client: a consumer.</summary>
    public const int Consumer = 1;

    /// <summary>Produce flag: key, value and headers are copied before the call returns.</summary>
    public const int CopyMessage = 2;

    /// <summary>Produce flag: a full queue is waited for.</summary>
    public const int BlockWhenFull = 4;

    /// <summary>Destroy flag: the consumer isn't closed first, since it is a member of no group.</summary>
    public const int WithoutClose = 8;

    /// <summary>Purge flags: messages that wait and messages under way, without waiting for the threads that hold them.</summary>
    public const int PurgeAll = 1 | 2 | 4;

    /// <summary>Kind of event: records that were not delivered.</summary>
    public const int DeliveryEvent = 1;

    /// <summary>Kind of event: an error of the client, or of a connection.</summary>
    public const int ErrorEvent = 8;

    /// <summary>The version of librdkafka whose structures and calls these are, as it says it itself: 0xMMmmrrxx.</summary>
    public const int VersionMin = 0x02100000;

    private const string Name = "librdkafka";

    static Librdkafka()
    {
        NativeLibrary.SetDllImportResolver(typeof(Librdkafka).Assembly, Resolve);
    }

    /// <summary>Finds the copy that Confluent.Kafka has loaded: a second one would have settings, memory and threads of its own.</summary>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (name != Name) return 0;
        if (!Library.IsLoaded) Library.Load();
        FreedMemory.Keep();
        using Process self = Process.GetCurrentProcess();
        foreach (ProcessModule module in self.Modules)
        {
            if (Path.GetFileName(module.FileName).Contains(Name, StringComparison.Ordinal)) return Check(NativeLibrary.Load(module.FileName));
        }

        throw new EngineException(
            ErrorDomain.Internal,
            "librdkafka is loaded, and is not among the modules of the process",
            "The library has to be a file of its own beside the program: publish without a single file that contains native libraries.");
    }

    private static nint Check(nint library)
    {
        int version = ((delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(library, "rd_kafka_version"))();
        return version >= VersionMin ? library : throw new EngineException(
            ErrorDomain.User,
            $"librdkafka has the version {version >>> 24}.{(version >>> 16) & 0xFF}.{(version >>> 8) & 0xFF}; 2.16.0 or later is needed",
            "Remove the reference to an older Confluent.Kafka or librdkafka.redist.");
    }

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_new")]
    public static partial nint ConfNew();

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_destroy")]
    public static partial void ConfDestroy(nint conf);

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ConfSet(nint conf, string name, string value, byte* text, nuint size);

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set_opaque")]
    public static partial void ConfSetOpaque(nint conf, nint opaque);

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set_log_cb")]
    public static partial void ConfSetLog(nint conf, delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, void> callback);

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set_error_cb")]
    public static partial void ConfSetError(nint conf, delegate* unmanaged[Cdecl]<nint, int, byte*, nint, void> callback);

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set_events")]
    public static partial void ConfSetEvents(nint conf, int events);

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set_offset_commit_cb")]
    public static partial void ConfSetOffsetCommit(nint conf, delegate* unmanaged[Cdecl]<nint, int, RawPartitionList*, nint, void> callback);

    [LibraryImport(Name, EntryPoint = "rd_kafka_new")]
    public static partial nint New(int kind, nint conf, byte* text, nuint size);

    [LibraryImport(Name, EntryPoint = "rd_kafka_opaque")]
    public static partial nint Opaque(nint client);

    [LibraryImport(Name, EntryPoint = "rd_kafka_destroy_flags")]
    public static partial void Destroy(nint client, int flags);

    [LibraryImport(Name, EntryPoint = "rd_kafka_topic_new", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint TopicNew(nint client, string topic, nint conf);

    [LibraryImport(Name, EntryPoint = "rd_kafka_topic_destroy")]
    public static partial void TopicDestroy(nint topic);

    [LibraryImport(Name, EntryPoint = "rd_kafka_topic_name")]
    public static partial byte* TopicName(nint topic);

    [LibraryImport(Name, EntryPoint = "rd_kafka_err2str")]
    public static partial byte* ErrorText(int code);

    [LibraryImport(Name, EntryPoint = "rd_kafka_last_error")]
    public static partial int LastError();

    [LibraryImport(Name, EntryPoint = "rd_kafka_error_code")]
    public static partial int ErrorCode(nint error);

    [LibraryImport(Name, EntryPoint = "rd_kafka_error_string")]
    public static partial byte* ErrorString(nint error);

    [LibraryImport(Name, EntryPoint = "rd_kafka_error_is_fatal")]
    public static partial int ErrorIsFatal(nint error);

    [LibraryImport(Name, EntryPoint = "rd_kafka_error_is_retriable")]
    public static partial int ErrorIsRetriable(nint error);

    [LibraryImport(Name, EntryPoint = "rd_kafka_error_txn_requires_abort")]
    public static partial int ErrorRequiresAbort(nint error);

    [LibraryImport(Name, EntryPoint = "rd_kafka_error_destroy")]
    public static partial void ErrorDestroy(nint error);

    [LibraryImport(Name, EntryPoint = "rd_kafka_fatal_error")]
    public static partial int FatalError(nint client, byte* text, nuint size);

    [LibraryImport(Name, EntryPoint = "rd_kafka_poll")]
    public static partial int Poll(nint client, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_queue_get_main")]
    public static partial nint MainQueue(nint client);

    [LibraryImport(Name, EntryPoint = "rd_kafka_queue_get_consumer")]
    public static partial nint ConsumerQueue(nint client);

    [LibraryImport(Name, EntryPoint = "rd_kafka_queue_poll")]
    public static partial nint QueuePoll(nint queue, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_event_type")]
    public static partial int EventType(nint told);

    [LibraryImport(Name, EntryPoint = "rd_kafka_event_error")]
    public static partial int EventError(nint told);

    [LibraryImport(Name, EntryPoint = "rd_kafka_event_error_string")]
    public static partial byte* EventErrorString(nint told);

    [LibraryImport(Name, EntryPoint = "rd_kafka_event_message_next")]
    public static partial RawMessage* EventMessage(nint told);

    [LibraryImport(Name, EntryPoint = "rd_kafka_event_destroy")]
    public static partial void EventDestroy(nint told);

    [LibraryImport(Name, EntryPoint = "rd_kafka_queue_length")]
    public static partial nint QueueLength(nint queue);

    [LibraryImport(Name, EntryPoint = "rd_kafka_queue_destroy")]
    public static partial void QueueDestroy(nint queue);

    [LibraryImport(Name, EntryPoint = "rd_kafka_queue_yield")]
    public static partial void QueueYield(nint queue);

    [LibraryImport(Name, EntryPoint = "rd_kafka_flush")]
    public static partial int Flush(nint client, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_purge")]
    public static partial int Purge(nint client, int flags);

    [LibraryImport(Name, EntryPoint = "rd_kafka_init_transactions")]
    public static partial nint InitTransactions(nint client, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_begin_transaction")]
    public static partial nint BeginTransaction(nint client);

    [LibraryImport(Name, EntryPoint = "rd_kafka_commit_transaction")]
    public static partial nint CommitTransaction(nint client, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_abort_transaction")]
    public static partial nint AbortTransaction(nint client, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_produceva")]
    public static partial nint Produce(nint client, RawArgument* arguments, nuint count);

    [LibraryImport(Name, EntryPoint = "rd_kafka_headers_new")]
    public static partial nint HeadersNew(nuint count);

    [LibraryImport(Name, EntryPoint = "rd_kafka_headers_destroy")]
    public static partial void HeadersDestroy(nint headers);

    [LibraryImport(Name, EntryPoint = "rd_kafka_header_add")]
    public static partial int HeaderAdd(nint headers, byte* name, nint nameSize, byte* value, nint valueSize);

    [LibraryImport(Name, EntryPoint = "rd_kafka_header_cnt")]
    public static partial nuint HeaderCount(nint headers);

    [LibraryImport(Name, EntryPoint = "rd_kafka_header_get_all")]
    public static partial int HeaderGet(nint headers, nuint index, byte** name, byte** value, nuint* size);

    [LibraryImport(Name, EntryPoint = "rd_kafka_consume_batch_queue")]
    public static partial nint ConsumeBatch(nint queue, int milliseconds, RawMessage** messages, nuint size);

    [LibraryImport(Name, EntryPoint = "rd_kafka_message_destroy")]
    public static partial void MessageDestroy(RawMessage* message);

    [LibraryImport(Name, EntryPoint = "rd_kafka_message_timestamp")]
    [SuppressGCTransition]
    public static partial long MessageTimestamp(RawMessage* message, int* kind);

    [LibraryImport(Name, EntryPoint = "rd_kafka_message_headers")]
    public static partial int MessageHeaders(RawMessage* message, nint* headers);

    [LibraryImport(Name, EntryPoint = "rd_kafka_topic_partition_list_new")]
    public static partial RawPartitionList* ListNew(int size);

    [LibraryImport(Name, EntryPoint = "rd_kafka_topic_partition_list_add", StringMarshalling = StringMarshalling.Utf8)]
    public static partial RawPartition* ListAdd(RawPartitionList* list, string topic, int partition);

    [LibraryImport(Name, EntryPoint = "rd_kafka_topic_partition_list_destroy")]
    public static partial void ListDestroy(RawPartitionList* list);

    [LibraryImport(Name, EntryPoint = "rd_kafka_poll_set_consumer")]
    public static partial int PollSetConsumer(nint client);

    [LibraryImport(Name, EntryPoint = "rd_kafka_incremental_assign")]
    public static partial nint IncrementalAssign(nint client, RawPartitionList* partitions);

    [LibraryImport(Name, EntryPoint = "rd_kafka_pause_partitions")]
    public static partial int Pause(nint client, RawPartitionList* partitions);

    [LibraryImport(Name, EntryPoint = "rd_kafka_resume_partitions")]
    public static partial int Resume(nint client, RawPartitionList* partitions);

    [LibraryImport(Name, EntryPoint = "rd_kafka_query_watermark_offsets", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int QueryWatermarks(nint client, string topic, int partition, long* low, long* high, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_metadata")]
    public static partial int Metadata(nint client, int allTopics, nint onlyTopic, out nint metadata, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_metadata_destroy")]
    public static partial void MetadataDestroy(nint metadata);

    [LibraryImport(Name, EntryPoint = "rd_kafka_queue_new")]
    public static partial nint QueueNew(nint client);

    [LibraryImport(Name, EntryPoint = "rd_kafka_AdminOptions_new")]
    public static partial nint AdminOptionsNew(nint client, int operation);

    [LibraryImport(Name, EntryPoint = "rd_kafka_AdminOptions_set_request_timeout")]
    public static partial int AdminTimeout(nint options, int milliseconds, byte* text, nuint size);

    [LibraryImport(Name, EntryPoint = "rd_kafka_AdminOptions_set_include_authorized_operations")]
    public static partial nint AdminIncludeOperations(nint options, int include);

    [LibraryImport(Name, EntryPoint = "rd_kafka_AdminOptions_destroy")]
    public static partial void AdminOptionsDestroy(nint options);

    [LibraryImport(Name, EntryPoint = "rd_kafka_TopicCollection_of_topic_names", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint TopicsOfNames(string[] names, nuint count);

    [LibraryImport(Name, EntryPoint = "rd_kafka_TopicCollection_destroy")]
    public static partial void TopicsDestroy(nint topics);

    [LibraryImport(Name, EntryPoint = "rd_kafka_DescribeTopics")]
    public static partial void DescribeTopics(nint client, nint topics, nint options, nint queue);

    [LibraryImport(Name, EntryPoint = "rd_kafka_event_DescribeTopics_result")]
    public static partial nint EventDescribedTopics(nint told);

    [LibraryImport(Name, EntryPoint = "rd_kafka_DescribeTopics_result_topics")]
    public static partial nint* DescribedTopics(nint result, nuint* count);

    [LibraryImport(Name, EntryPoint = "rd_kafka_TopicDescription_name")]
    public static partial byte* DescribedName(nint topic);

    [LibraryImport(Name, EntryPoint = "rd_kafka_TopicDescription_error")]
    public static partial nint DescribedError(nint topic);

    [LibraryImport(Name, EntryPoint = "rd_kafka_TopicDescription_topic_id")]
    public static partial nint DescribedId(nint topic);

    [LibraryImport(Name, EntryPoint = "rd_kafka_TopicDescription_partitions")]
    public static partial nint* DescribedPartitions(nint topic, nuint* count);

    [LibraryImport(Name, EntryPoint = "rd_kafka_TopicDescription_authorized_operations")]
    public static partial int* DescribedOperations(nint topic, nuint* count);

    [LibraryImport(Name, EntryPoint = "rd_kafka_Uuid_base64str")]
    public static partial byte* UuidText(nint id);

    [LibraryImport(Name, EntryPoint = "rd_kafka_offsets_for_times")]
    public static partial int OffsetsForTimes(nint client, RawPartitionList* partitions, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_commit")]
    public static partial int Commit(nint client, RawPartitionList* offsets, int isAsync);
}
