using Lxd.Daemon.Metrics;
using Lxd.Daemon.Tests.Instances;

namespace Lxd.Daemon.Tests.Metrics;

public sealed class MetricsTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.004, "0.004")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(94208, "94208")]
    [InlineData(100000, "100000")]
    [InlineData(1.5e6, "1.5e+06")]
    [InlineData(1e6, "1e+06")]
    [InlineData(24684084000, "2.4684084e+10")]
    [InlineData(270553174016, "2.70553174016e+11")]
    public void NumbersAreTheShortestThatMeanTheSame(double value, string text) => Assert.Equal(text, MetricSet.Format(value));

    [Fact]
    public void LabelsAreSortedAndEscaped()
    {
        var set = new MetricSet();
        set.Add("lxd_procs_total", 2, ("type", "container"), ("name", "a\"b\\"));
        Assert.Contains("# TYPE lxd_procs_total gauge\nlxd_procs_total{name=\"a\\\"b\\\\\",type=\"container\"} 2\n# EOF\n", set.ToString());
    }

    [Fact]
    public async Task RunningInstancesAreMeasuredAndAllAreCounted()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        await lab.CreateAsync("c2");
        await lab.StateAsync("c1", "start");
        var text = await ReadAsync(lab, "/1.0/metrics");
        Assert.Contains("lxd_cpu_seconds_total{cpu=\"0\",mode=\"user\",name=\"c1\",project=\"default\",type=\"container\"} 1.5\n", text);
        Assert.Contains("lxd_procs_total{name=\"c1\",project=\"default\",type=\"container\"} 1\n", text);
        Assert.DoesNotContain("c2", text);
        Assert.Contains("lxd_instances{project=\"default\",type=\"container\"} 2\n", text);
        Assert.Contains($"\nlxd_warnings_total {(await lab.Daemon.GetAsync("/1.0/warnings"))!.AsArray().Count}\n", text);
        Assert.EndsWith("# EOF\n", text);
        Assert.Equal(404, (await lab.Daemon.SendAsync("GET", "/1.0/metrics?project=none")).Status);
    }

    [Fact]
    public async Task RequestsAreCountedByWhatTheyAreAboutAndHowTheyEnd()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.Daemon.SendAsync("GET", "/1.0/instances/none");
        await lab.CreateAsync("c1");
        await lab.FailAsync("PUT", "/1.0/instances/c1/state", """{"action":"stop"}""");
        var text = await ReadAsync(lab, "/1.0/metrics");
        Assert.Contains("lxd_api_requests_completed_total{entity_type=\"instance\",result=\"error_client\"} 1\n", text);
        Assert.Contains("lxd_api_requests_completed_total{entity_type=\"instance\",result=\"error_server\"} 1\n", text);
        Assert.Contains("lxd_api_requests_completed_total{entity_type=\"instance\",result=\"succeeded\"} 1\n", text);
        Assert.Contains("lxd_api_requests_ongoing{entity_type=\"server\"} 1\n", text);
    }

    private static async Task<string> ReadAsync(InstanceLab lab, string path)
    {
        using var answer = await lab.Daemon.Http.GetAsync(new Uri(path, UriKind.Relative));
        return await answer.Content.ReadAsStringAsync();
    }
}
