<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

/** A process that serves many requests over one persistent connection, and requests that end where no `catch` runs. */
final class EndedRequestTest extends RedisTestCase
{
    /** @var resource */
    private mixed $server;
    private string $url;

    protected function setUp(): void
    {
        parent::setUp();
        $free = stream_socket_server('tcp://127.0.0.1:0');
        self::assertIsResource($free);
        $address = (string) stream_socket_get_name($free, false);
        fclose($free);
        $server = proc_open(
            [PHP_BINARY, '-d', 'display_errors=0', '-d', 'log_errors=0', '-d', 'memory_limit=64M', '-S', $address, __DIR__ . '/persistent.php'],
            [1 => ['file', '/dev/null', 'w'], 2 => ['file', '/dev/null', 'w']],
            $pipes,
            null,
            ['RWT_SECRET' => self::SECRET] + getenv(),
        );
        self::assertIsResource($server);
        $this->server = $server;
        $this->url = "http://$address/";
        for ($tries = 0; ($ready = @stream_socket_client("tcp://$address")) === false && $tries < 200; $tries++) {
            usleep(20_000);
        }
        self::assertIsResource($ready);
    }

    protected function tearDown(): void
    {
        proc_terminate($this->server);
        proc_close($this->server);
    }

    /** @return iterable<string, array{string, string}> */
    public static function ends(): iterable
    {
        yield 'Predis: exit' => ['predis', 'exit'];
        yield 'Predis: memory limit' => ['predis', 'memory'];
        yield 'Predis: memory limit, reached in small pieces' => ['predis', 'memory in small pieces'];
        yield 'Predis: time limit' => ['predis', 'time'];
        yield 'ext-redis: memory limit' => ['phpredis', 'memory'];
    }

    /** @dataProvider ends */
    public function testARequestThatEndsWithinACallNeverLeavesItsReplyToTheNext(string $client, string $ends): void
    {
        $own = $this->service('phpredis');
        foreach ([[], ['subject' => '42']] as $params) {
            $theirs = $own->sign($client === 'predis' ? 'theirs' : str_repeat('theirs ', 1_150_000), self::SECRET, $params);
            $mine = $own->sign('mine', self::SECRET, $params);
            self::assertSame('"mine"', $this->get(['client' => $client, 'token' => $mine]));
            self::assertSame('"mine"', $this->get(['client' => $client, 'token' => $theirs, 'ends' => $ends, 'after' => $mine]));
            self::assertSame('false', $this->get(['client' => $client, 'token' => $theirs, 'ends' => $ends]));
            self::assertSame('"mine"', $this->get(['client' => $client, 'token' => $mine]));
            self::assertSame('"mine"', $this->get(['client' => $client, 'token' => $mine]));
        }
    }

    /** @param array<string, string> $query */
    private function get(array $query): string
    {
        $context = stream_context_create(['http' => ['ignore_errors' => true, 'timeout' => 10]]);

        return (string) file_get_contents("$this->url?" . http_build_query($query), false, $context);
    }
}
