// A server that writes its calls, and what was said in them, to a database with EF Core.
//   dotnet run --project samples/Calls --urls http://127.0.0.1:5000
//   parley ask "What is 6 times 7?" --url http://127.0.0.1:5000 --key parley-dev
//   curl http://127.0.0.1:5000/calls
using Microsoft.EntityFrameworkCore;
using Parley.Assistant;
using Parley.Server;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddDbContextFactory<CallsContext>(options => options.UseSqlite(builder.Configuration.GetConnectionString("Calls") ?? "Data Source=calls.db"));
builder.Services.AddSingleton<ILiveSessionEvents, CallRecorder>();
builder.Services.AddLiveApi().UseLocalModel();
var app = builder.Build();
await using (var context = await app.Services.GetRequiredService<IDbContextFactory<CallsContext>>().CreateDbContextAsync())
    await context.Database.EnsureCreatedAsync();

app.MapGet("/calls", static (CallsContext calls) => calls.Calls.OrderByDescending(static call => call.Started).Take(100).ToListAsync());
app.MapGet("/calls/{id}", static (CallsContext calls, string id) => calls.Lines.Where(line => line.CallId == id).OrderBy(static line => line.Time).ToListAsync());
app.MapLiveApi();
app.Run();
