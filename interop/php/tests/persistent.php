<?php

declare(strict_types=1);

/**
 * For `php -S`: a process whose persistent connections to Redis outlive a request, as in PHP-FPM. It verifies `token`. With `ends`, the
 * request ends between a command and its reply, and a function that runs at its end verifies `after`.
 */

use Predis\Client;
use Predis\Connection\StreamConnection;
use RedisWebToken\RedisWebToken;

require is_file(__DIR__ . '/../vendor/autoload.php') ? __DIR__ . '/../vendor/autoload.php' : __DIR__ . '/../autoload.php';
@include_once 'Predis/autoload.php';

/** A connection on which a request ends before the first reply is read. */
final class Ending extends StreamConnection
{
    public static string $by = '';

    public function read()
    {
        match (self::$by) {
            'exit' => exit,
            'memory' => str_repeat('x', 1 << 40),
            'memory in small pieces' => self::fillMemory(),
            'time' => self::spend(),
            default => null,
        };

        return parent::read();
    }

    private static function fillMemory(): never
    {
        $all = new SplQueue();
        while (true) {
            $all->push(null);
        }
    }

    private static function spend(): never
    {
        set_time_limit(1);
        while (true);
    }
}

/** @var array{client: string, token: string, ends?: string, after?: string} $asked */
$asked = $_GET;
/** @var array{host: string, port: int} $redis */
$redis = parse_url((string) getenv('REDIS_URL'));
if ($asked['client'] === 'predis') {
    $client = new Client(['host' => $redis['host'], 'port' => $redis['port'], 'persistent' => true], ['connections' => ['tcp' => Ending::class]]);
} else {
    $client = new Redis();
    $client->pconnect($redis['host'], $redis['port'], 2.0, 'rwt', 0, 2.0);
}
$rwt = new RedisWebToken(['redis' => $client]);
$secret = (string) getenv('RWT_SECRET');
if (isset($asked['ends'])) {
    Ending::$by = $asked['ends'];
    if ($client instanceof Redis) {
        // The test's large session doesn't fit.
        ini_set('memory_limit', '9M');
    }
    register_shutdown_function(static function () use ($rwt, $asked, $secret): void {
        Ending::$by = '';
        echo json_encode($rwt->verify($asked['after'] ?? null, $secret));
    });
}
echo json_encode($rwt->verify($asked['token'], $secret));
