namespace StreamEngine.Tasks;

/// <summary>Ends a graph whose task has ended.</summary>
internal sealed class TaskEndedException(string task) : Exception($"task {task} has ended");
