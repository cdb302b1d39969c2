namespace StreamEngine.Records.Data;

/// <summary>A value that what is asked of it makes no sense for. It concerns one record, which trying again doesn't mend.</summary>
public sealed class DataException(string message, Exception? inner = null) : SerdeException(message, inner);
