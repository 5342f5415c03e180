<?php

declare(strict_types=1);

/** Serves interop/php/examples/psr15 by PHP's own server, for the tests in TypeScript. */

use App\App;
use Nyholm\Psr7\Factory\Psr17Factory;
use RedisWebToken\Http\AuthMiddleware;
use RedisWebToken\Http\RequestAuth;
use RedisWebToken\RedisWebToken;

require __DIR__ . '/../../autoload.php';
require 'Nyholm/Psr7/autoload.php';
require __DIR__ . '/../psr15.php';
require __DIR__ . '/../psr7.php';
require __DIR__ . '/../../examples/psr15/PrivatePage.php';
require __DIR__ . '/../../examples/psr15/App.php';

$psr17 = new Psr17Factory();
$rwt = new RedisWebToken(['redis' => ['port' => getenv('REDIS_PORT'), 'host' => '127.0.0.1', 'timeout' => 1.0]]);
$auth = new RequestAuth($rwt, getenv('RWT_SECRET'), ['from' => ['bearer', 'cookie']]);
emit((new App($auth, new AuthMiddleware($auth, $psr17), $psr17))->handle(requestFromGlobals($psr17)));
