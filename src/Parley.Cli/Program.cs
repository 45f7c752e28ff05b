return await Parley.Cli.ParleyTool.RunAsync(args, Parley.Cli.ToolEnvironment.OfProcess());
