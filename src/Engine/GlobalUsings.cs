// The framework has a Barrier too, for threads.
global using Barrier = StreamEngine.Records.Barrier;
