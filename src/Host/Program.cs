return await StreamEngine.Hosting.CommandLine.Commands.RunAsync(args, own: null).ConfigureAwait(false);
